"""Checks that need more than one case: likeness, labels against each other and against the truth, coverage, history."""
