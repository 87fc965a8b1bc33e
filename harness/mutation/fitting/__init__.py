"""Operators that only ever teach a judge: other constructions than those that score it, a test holds that."""
