"""JUnit XML of a run, valid against the schema of Apache Ant's reports. Gates and dev cases are test cases; of the test
split one test case a metric is told, no single question. Written case by case: of a run no more than one is held.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import quoteattr

from harness.reading import CaseResult, Run

HOSTNAME = "localhost"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n'
_LONGEST = 2_000
"""Characters of a reason."""
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class JunitCase:
    """A test case: `outcome` is one of failure, error, skipped, or "" where it passed."""

    name: str
    outcome: str = ""
    message: str = ""
    text: str = ""


def write_junit(path: Path, summary: Mapping[str, Any], suites: Mapping[str, Iterable[JunitCase]]) -> None:
    """Write the XML; the file that was there is replaced in one step.

    Args:
        path: of the file.
        summary: a `summary.json`: its gates are the first suite.
        suites: the dev cases of each suite, walked through once. The figures of its test split follow them.
    """
    told: dict[str, Iterable[JunitCase]] = {"gates": map(_gate, summary["gates"])}
    told |= {name: _with_aggregates(name, cases, summary) for name, cases in suites.items()}
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(_HEAD)
        for index, (name, tests) in enumerate(told.items()):
            _write_suite(stream, index, name, tests, summary["run"])
        stream.write("</testsuites>\n")
    part.replace(path)


def dev_cases(run: Run) -> dict[str, Iterator[JunitCase]]:
    """The dev cases of a run by suite, each read when it is asked for."""
    return {name: _dev_cases(run, name) for name in run.cases}


def tested(result: CaseResult) -> JunitCase:
    """A case fails where a metric of it fails; where one gave no number and none fails, it is skipped and says so."""
    for verdict, outcome in (("FAIL", "failure"), ("UNMEASURED", "skipped")):
        scores = [score for score in result.scores if score.verdict == verdict]
        if scores:
            names = ", ".join(dict.fromkeys(score.metric for score in scores))
            lines = [f"{score.metric} {_value(score.value)}: {_short(score.reason)}" for score in scores]
            return JunitCase(
                result.case.id, outcome, names if verdict == "FAIL" else f"unmeasured: {names}", "\n".join(lines)
            )
    return JunitCase(result.case.id)


def _dev_cases(run: Run, suite: str) -> Iterator[JunitCase]:
    return (tested(result) for result in run.results(suite) if result.case.split == "dev")


def _with_aggregates(suite: str, cases: Iterable[JunitCase], summary: Mapping[str, Any]) -> Iterator[JunitCase]:
    yield from cases
    for row in summary["figures"]:
        if row["suite"] == suite and row["split"] == "test" and not row["slice"]:
            yield JunitCase(f"test split: {row['metric']} = {_value(row['value'])} over {row['n']}")


def _gate(row: Mapping[str, Any]) -> JunitCase:
    place = " ".join(filter(None, (row["suite"], row["split"], row["slice"])))
    outcome = {"fails": "failure", "unmeasured": "error", "N/A": "skipped"}.get(row["standing"], "")
    return JunitCase(f"{row['metric']} {row['limit']} ({place})", outcome, row["reason"] if outcome else "")


def _write_suite(stream: IO[str], index: int, name: str, tests: Iterable[JunitCase], run: Mapping[str, Any]) -> None:
    """The head of a suite counts what follows it, so the cases wait in a file of their own."""
    counts: Counter[str] = Counter()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as waiting:
        for test in tests:
            counts.update(("tests", test.outcome))
            waiting.write(_element(name, test))
        stream.write(_suite_head(index, name, counts, run))
        waiting.seek(0)
        shutil.copyfileobj(waiting, stream)
    stream.write(" <system-out/>\n <system-err/>\n</testsuite>\n")


def _suite_head(index: int, name: str, counts: Counter[str], run: Mapping[str, Any]) -> str:
    attributes = {
        "package": "harness", "id": str(index), "name": _token(name), "timestamp": run["started_at"][:19],
        "hostname": HOSTNAME, "tests": str(counts["tests"]), "failures": str(counts["failure"]),
        "errors": str(counts["error"]), "skipped": str(counts["skipped"]), "time": "0",
    }  # fmt: skip
    told = " ".join(f"{key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<testsuite {told}>\n <properties>\n{''.join(_properties(run))} </properties>\n"


def _properties(run: Mapping[str, Any]) -> Iterator[str]:
    versions = {f"version.{name}": value for name, value in run.get("versions", {}).items()}
    told = {"run_id": run.get("run_id"), "started_at": run["started_at"], "profile": run.get("profile"), **versions}
    for name, value in told.items():
        if value:
            yield f"  <property name={quoteattr(_token(name))} value={quoteattr(_clean(str(value)))}/>\n"


def _element(suite: str, test: JunitCase) -> str:
    element = ET.Element("testcase", classname=_token(suite), name=_token(test.name), time="0")
    if test.outcome == "skipped":
        ET.SubElement(element, "skipped", message=_clean(test.message))
    elif test.outcome:
        kind = "unmeasured" if test.outcome == "error" else "case" if test.text else "gate"
        told = ET.SubElement(element, test.outcome, message=_clean(test.message), type=kind)
        told.text = _clean(test.text or test.message)
    return f" {ET.tostring(element, encoding='unicode')}\n"


def _short(reason: str) -> str:
    """Some reasons list every claim of an answer."""
    return reason if len(reason) <= _LONGEST else f"{reason[:_LONGEST]}…"


def _value(value: float | None) -> str:
    return "none" if value is None else f"{value:.3g}"


def _clean(text: str) -> str:
    """Without the control characters that XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)


def _token(text: str) -> str:
    """On one line without double spaces, which the schema's tokens are; never empty."""
    return _SPACES.sub(" ", _clean(text)).strip() or "-"
