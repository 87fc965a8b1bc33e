"""Run the suites under several profiles, each in a process of its own: quality, index time and query time side by side.

Own processes, because a profile is an environment, and libraries that one profile loads would slow the next one down.
"""

from __future__ import annotations

import importlib.util
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from harness.cases import HarnessError
from harness.config import Profile
from harness.jsonl import read_json

QUALITY = (
    "intent_f1", "required_facts", "citation_entails", "false_claim_rate", "recall_at_5", "ndcg_at_10",
    "ragas_id_context_recall", "ragas_string_similarity",
)  # fmt: skip
_TIMES = (("golden", "turn_ms"), ("onboarding", "search_ms"))
_OURS = ("kb", "harness", "eco2")
_EXTRAS = {"torch": "dense", "sentence_transformers": "dense", "accelerate": "dense", "ragas": "eval"}
Execute = Callable[[Sequence[str], Mapping[str, str]], None]


@dataclass(frozen=True)
class ProfileRow:
    """What came of one profile. `reason` says why it did not run, with the line that installs what is missing."""

    profile: str
    standing: str
    reason: str = ""
    index_s: float | None = None
    quality: Mapping[str, float] = field(default_factory=dict)
    times: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """Where a profile runs: the folder for its run, the workspace, what processes inherit. `is_run`: it ran there."""

    out: Path
    root: Path
    environ: Mapping[str, str]
    is_run: bool = False


def missing(profile: Profile) -> list[str]:
    """The modules that a profile requires and that are not installed."""
    return [name for name in profile.requires if importlib.util.find_spec(name) is None]


def install_line(modules: Sequence[str]) -> str:
    """What to type to get them."""
    extras = sorted({_EXTRAS[name] for name in modules if name in _EXTRAS})
    return f"pip install 'eco2-agent-kb[{','.join(extras)}]'" if extras else "pip install eco2-agent-kb"


def run_profile(profile: Profile, place: Place, execute: Execute, clock_s: Callable[[], float]) -> ProfileRow:
    """Prepare and run one profile.

    Args:
        profile: its environment, what builds its index, what it requires.
        place: where it runs.
        execute: runs a command and raises `HarnessError` with its last words when it fails.
        clock_s: a monotonic clock.
    """
    if absent := missing(profile):
        return ProfileRow(profile.name, "N/A", f"not installed: {', '.join(absent)}; {install_line(absent)}")
    surroundings = {**place.environ, **profile.environment}
    try:
        started = clock_s()
        execute(command(profile.prepare), surroundings)
        index_s = clock_s() - started
        if not place.is_run:
            options = ["--profile", profile.name, "--out", str(place.out), "--workspace", str(place.root)]
            execute(command("harness run") + options, surroundings)
    except HarnessError as error:
        return ProfileRow(profile.name, "failed", str(error))
    return row_of(profile.name, index_s, read_json(place.out / "summary.json"))


def command(line: str) -> list[str]:
    """Split a command line; our own commands are called by this interpreter, whatever the path holds."""
    words = shlex.split(line)
    return [sys.executable, "-m", *words] if words and words[0] in _OURS else words


def row_of(name: str, index_s: float, summary: Any) -> ProfileRow:
    """Pick what the table shows from a summary."""
    whole = [figure for figure in summary["figures"] if not figure["split"] and figure["value"] is not None]
    totals = {figure["suite"]: figure["value"] for figure in whole if _is_total(figure)}
    return ProfileRow(
        profile=name,
        standing="ran",
        index_s=index_s,
        quality={figure["metric"]: figure["value"] for figure in whole if _is_quality(figure)},
        times={column: totals[suite] for suite, column in _TIMES if suite in totals},
    )


def table(rows: Sequence[ProfileRow]) -> list[list[str]]:
    """Head and rows as text; columns that no profile fills are left out."""
    if not rows:
        return []
    qualities = [name for name in QUALITY if any(name in row.quality for row in rows)]
    times = [column for _, column in _TIMES if any(column in row.times for row in rows)]
    head = ["profile", *qualities, "index_s", *(f"{column.removesuffix('_ms')}_p50_ms" for column in times)]
    return [head, *([row.profile, *_cells(row, qualities, times)] for row in rows)]


def profile_rows(rows: Sequence[ProfileRow]) -> list[dict[str, object]]:
    """Plain JSON for `profiles.json`."""
    return [asdict(row) for row in rows]


def execute(words: Sequence[str], environ: Mapping[str, str]) -> None:
    """Run a command.

    Raises:
        HarnessError: it cannot be started or ends with another code than 0; its last line is in the message.
    """
    try:
        done = subprocess.run(words, env=dict(environ), capture_output=True, text=True, check=False, encoding="utf-8")
    except OSError as error:
        raise HarnessError(f"{words[0]}: {error}") from error
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
        raise HarnessError(f"`{_shown(words)}` ended with {done.returncode}: {last}")


def _shown(words: Sequence[str]) -> str:
    """The command as it would be typed, without its options."""
    typed = words[2:] if list(words[1:2]) == ["-m"] else words
    return shlex.join(typed[:2])


def _cells(row: ProfileRow, qualities: Sequence[str], times: Sequence[str]) -> list[str]:
    if row.standing != "ran":
        return [f"{row.standing}: {row.reason}"]
    shown = [f"{row.quality[name]:.3f}" if name in row.quality else "–" for name in qualities]
    index = "–" if row.index_s is None else f"{row.index_s:.1f}"
    return [*shown, index, *(f"{row.times[name]:.1f}" if name in row.times else "–" for name in times)]


def _is_total(figure: Mapping[str, Any]) -> bool:
    return bool(figure["metric"] == "latency_p50_ms" and figure["slice"] == "node:total")


def _is_quality(figure: Mapping[str, Any]) -> bool:
    return figure["metric"] in QUALITY and not figure["slice"]
