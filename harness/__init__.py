"""Cases -> observations -> scores -> gate -> report, for any target. Never imports `eco2`.

What a metric of one's own needs: it takes a `Trial` and returns a number, a `Measured` or None.
"""

from harness.cases import Case, Claim, HarnessError, Judgement, Measured, Observation, Score
from harness.trial import Metric, Trial, UnmeasurableError

__all__ = [
    "Case",
    "Claim",
    "HarnessError",
    "Judgement",
    "Measured",
    "Metric",
    "Observation",
    "Score",
    "Trial",
    "UnmeasurableError",
]
