"""The parts of the HTML report: each turns what was measured into plain values that a template can draw."""
