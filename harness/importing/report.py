"""What an import did, to say at its end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Report:
    """Counts of an import; `bad` are lines that name file, line and what is wrong."""

    observations: int = 0
    cases: int = 0
    repeated: int = 0
    bad: int = 0
    redacted: Counter[str] = field(default_factory=Counter)

    def lines(self) -> list[str]:
        """The report, a line each."""
        kinds = ", ".join(f"{label} {count}" for label, count in sorted(self.redacted.items())) or "nothing found"
        return [
            f"{self.observations} observations, {self.cases} draft cases, {self.repeated} repeated talks left out",
            f"redacted: {kinds}",
            *([f"{self.bad} records could not be read"] if self.bad else []),
        ]
