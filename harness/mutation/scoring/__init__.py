"""Operators that only ever score a judge. Nothing below `harness.judging` may import them: a test holds that."""
