"""The offline judge: a claim beside its evidence, taken apart and weighed. Knows no cases, runs or reports."""
