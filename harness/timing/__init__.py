"""How long turns take and why: percentiles with intervals, the critical path, slack, what a faster node would save."""
