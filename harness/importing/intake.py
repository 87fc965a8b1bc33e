"""`harness import`: read trace files, redact, write a run folder of observations and the drafts of cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, repeat
from pathlib import Path
from typing import IO

from harness.cases import ConfigError
from harness.importing import langfuse, otel, rows
from harness.importing.drafts import SUITE, Drafting
from harness.importing.exchanges import Bad, Exchange
from harness.importing.files import Entry, read_entries
from harness.importing.otlp import is_export
from harness.importing.report import Report
from harness.jsonl import append_row, write_rows
from harness.manifest import Manifest, SuiteRun
from harness.observe import breaches
from harness.records import observation_row
from harness.runs import RunFolder

FORMATS = ("auto", "otel", "langfuse", "jsonl")
OBSERVED = "cases.observed.jsonl"
DRAFTS = "cases.draft.jsonl"
_LANGFUSE = frozenset(("sessionId", "observations", "traceId", "htmlPath", "totalCost", "projectId"))


def import_files(
    files: Sequence[Path],
    format_: str,
    mapping: Sequence[str],
    folder: RunFolder,
    shown: str,
    now: str,
    complain: Callable[[str], None],
) -> Report:
    """Turn trace files into a run folder, so that the answers can be scored, and the drafts of cases in it.

    Args:
        files: read in order; conversations may go on from one to the next.
        format_: one of `FORMATS`; `auto` decides by the first record of each file.
        mapping: `name=path` entries for free JSONL.
        folder: where to; an earlier run in it is replaced.
        shown: the folder relative to the workspace, or absolute: where the manifest finds the cases.
        now: when, ISO 8601.
        complain: gets a line for each record that cannot be used.

    Raises:
        ConfigError: the format or an entry of the mapping is unknown.
        DataError: a file cannot be opened.
    """
    if format_ not in FORMATS:
        raise ConfigError(f"--format must be one of {', '.join(FORMATS)}, got {format_!r}")
    paths, report = rows.mapping_from(mapping), Report()
    guesses = [_guessed(path) if format_ == "auto" else format_ for path in files]
    drafting = Drafting("+".join(dict.fromkeys(guesses)), report)
    folder.start(_manifest(f"{shown}/{OBSERVED}", now))
    found = chain.from_iterable(map(_exchanges, files, guesses, repeat(paths)))
    _write(found, drafting, folder, complain)
    drafts = list(drafting.cases())
    report.cases = len(drafts)
    write_rows(folder.path / DRAFTS, drafts)
    return report


def _write(
    found: Iterator[Exchange | Bad], drafting: Drafting, folder: RunFolder, complain: Callable[[str], None]
) -> None:
    """Write each exchange as it comes; nothing but its questions stays in memory."""
    with _fresh(folder.observations) as observations, _fresh(folder.path / OBSERVED) as cases:
        for exchange in found:
            if isinstance(exchange, Bad):
                drafting.report.bad += 1
                complain(exchange.line)
            else:
                observation, case = drafting.recorded(exchange)
                for part, wrong in breaches(observation.response or {}, folder.complaint).items():
                    complain(f"{exchange.where}: {part} is left out: {wrong}")
                    observation = replace(observation, response=_without(observation.response, part))
                append_row(observations, observation_row(observation))
                append_row(cases, case)


def _without(response: Mapping[str, object] | None, part: str) -> dict[str, object]:
    """The rest of a response: of a part of a wrong shape nothing can be said, and metrics that need it are N/A."""
    return {name: value for name, value in (response or {}).items() if name != part}


def _fresh(path: Path) -> IO[str]:
    return path.open("w", encoding="utf-8", newline="\n")


def _manifest(cases: str, now: str) -> Manifest:
    """A run that nobody asked for: its observations came from outside."""
    return Manifest(started_at=now, profile="default", timeout_s=60.0, suites=(SuiteRun(SUITE, "import", (cases,)),))


def guessed(value: object) -> str:
    """The format of a record."""
    if isinstance(value, Mapping):
        if is_export(value):
            return "otel"
        if _LANGFUSE & set(value) or isinstance(value.get("trace"), Mapping) or _is_page(value):
            return "langfuse"
    return "jsonl"


def _is_page(value: Mapping[str, object]) -> bool:
    data = value.get("data") or value.get("traces")
    return isinstance(data, list) and bool(data) and guessed(data[0]) == "langfuse"


def _guessed(path: Path) -> str:
    first = next((entry for entry in read_entries(path) if isinstance(entry, Entry)), None)
    return guessed(first.value if first else None)


def _exchanges(path: Path, format_: str, mapping: Mapping[str, tuple[str, ...]]) -> Iterator[Exchange | Bad]:
    entries = read_entries(path)
    match format_:
        case "otel":
            return otel.exchanges(entries)
        case "langfuse":
            return langfuse.exchanges(entries)
        case _:
            return rows.exchanges(entries, mapping)
