"""Put a run into one paragraph: what was run, how the gates stand, the worst figures, what could not be measured.

Usage, from the repository root: python3 skills/run-evaluation/scripts/summarise.py [FOLDER]   (default reports/latest)
Exit code: that of the run itself - 0 gates hold, 1 a gate fails, 2 could not be measured; 3 when it cannot be read.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

MOST_NAMED = 4
KNOWN_CODES = (0, 1, 2)


def main() -> int:
    """Print the paragraph."""
    file = Path(sys.argv[1] if len(sys.argv) > 1 else "reports/latest") / "summary.json"
    try:
        summary = json.loads(file.read_text(encoding="utf-8"))
        said, code = paragraph(summary), int(summary["exit_code"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.stderr.write(f"{file.as_posix()} cannot be read as a summary ({error}); `make eval` writes it\n")
        return 3
    sys.stdout.write(said + "\n")
    return code if code in KNOWN_CODES else 3


def paragraph(summary: Mapping[str, Any]) -> str:
    """One paragraph of a `summary.json`; figures always with the number of cases behind them."""
    gates: Sequence[Mapping[str, Any]] = summary["gates"]
    by_state = {state: [gate for gate in gates if gate["standing"] == state] for state in ("fails", "unmeasured")}
    ran = "; ".join(
        f"{suite['name']} {suite['cases']} cases on {suite['target']}" for suite in summary["run"]["suites"]
    )
    parts = [
        f"Run of {summary['run']['started_at'][:16]} ({summary['run'].get('profile', 'default')}): {ran}.",
        f"{sum(gate['standing'] == 'holds' for gate in gates)} of {len(gates)} gates hold.",
        *_named("Failing", by_state["fails"]),
        *_named("Not measured", by_state["unmeasured"]),
    ]
    if failures := summary["failures"]:
        parts.append(f"Failed dev cases: {_some([row['id'] for row in failures])}.")
    if missing := summary["missing"]:
        parts.append(f"Missing from the results: {len(missing)} cases.")
    parts += [
        f"N/A in {lack['suite']}, the target gives no {lack['part']}: {_some(lack['metrics'])}."
        for lack in summary["not_applicable"]
    ]
    return " ".join(parts)


def _named(word: str, gates: Sequence[Mapping[str, Any]]) -> list[str]:
    return [f"{word}: {_some([_gate(gate) for gate in gates])}."] if gates else []


def _gate(gate: Mapping[str, Any]) -> str:
    where = " ".join(filter(None, (gate["suite"], gate["split"], gate["slice"])))
    value = "no value" if gate["value"] is None else f"{gate['value']:.4g} over {gate.get('n', '?')}"
    return f"{gate['metric']} ({where}) {value}, limit {gate['limit']}"


def _some(names: Sequence[str]) -> str:
    named = ", ".join(dict.fromkeys(names[:MOST_NAMED]))
    return named if len(names) <= MOST_NAMED else f"{named} and {len(names) - MOST_NAMED} more"


if __name__ == "__main__":
    sys.exit(main())
