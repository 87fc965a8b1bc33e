"""JUnit XML of a run, valid against the schema of Apache Ant's reports. Gates and dev cases are test cases; of the test
split one test case a metric is told, no single question.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPACES = re.compile(r"\s+")


def junit(summary: Mapping[str, Any], case_ids: Mapping[str, Sequence[str]], hostname: str) -> str:
    """Draw the XML.

    Args:
        summary: a `summary.json`.
        case_ids: ids of the dev cases by suite; those without a failure pass.
        hostname: where it ran.
    """
    root = ET.Element("testsuites")
    stamp = summary["run"]["started_at"][:19]
    suites: list[tuple[str, list[ET.Element]]] = [("gates", [_gate(row) for row in summary["gates"]])]
    suites += [(name, _cases(name, ids, summary) + _aggregates(name, summary)) for name, ids in case_ids.items()]
    for index, (name, tests) in enumerate(suites):
        root.append(_suite(index, name, tests, stamp, hostname))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(index: int, name: str, tests: Sequence[ET.Element], stamp: str, hostname: str) -> ET.Element:
    outcomes = [child.tag for test in tests for child in test]
    attributes = {
        "package": "harness", "id": str(index), "name": _token(name), "timestamp": stamp, "hostname": _token(hostname),
        "tests": str(len(tests)), "failures": str(outcomes.count("failure")), "errors": str(outcomes.count("error")),
        "skipped": str(outcomes.count("skipped")), "time": "0",
    }  # fmt: skip
    suite = ET.Element("testsuite", attributes)
    ET.SubElement(suite, "properties")
    suite.extend(tests)
    ET.SubElement(suite, "system-out")
    ET.SubElement(suite, "system-err")
    return suite


def _gate(row: Mapping[str, Any]) -> ET.Element:
    place = " ".join(filter(None, (row["suite"], row["split"], row["slice"])))
    test = _test("gates", f"{row['metric']} {row['limit']} ({place})")
    if row["standing"] == "fails":
        _tell(test, "failure", row["reason"], "gate")
    elif row["standing"] == "unmeasured":
        _tell(test, "error", row["reason"], "unmeasured")
    elif row["standing"] == "N/A":
        ET.SubElement(test, "skipped", message=_clean(row["reason"]))
    return test


def _cases(suite: str, ids: Sequence[str], summary: Mapping[str, Any]) -> list[ET.Element]:
    failed = {row["id"]: row for row in summary["failures"] if row["suite"] == suite}
    tests = []
    for id_ in ids:
        test = _test(suite, id_)
        if (row := failed.get(id_)) is not None:
            reasons = [f"{score['metric']} {score['value']:.3g}: {score['reason']}" for score in row["scores"]]
            _tell(test, "failure", ", ".join(score["metric"] for score in row["scores"]), "case", "\n".join(reasons))
        tests.append(test)
    return tests


def _aggregates(suite: str, summary: Mapping[str, Any]) -> list[ET.Element]:
    tests = []
    for row in summary["figures"]:
        if row["suite"] == suite and row["split"] == "test" and not row["slice"]:
            value = "none" if row["value"] is None else f"{row['value']:.3g}"
            tests.append(_test(suite, f"test split: {row['metric']} = {value} over {row['n']}"))
    return tests


def _test(suite: str, name: str) -> ET.Element:
    return ET.Element("testcase", classname=_token(suite), name=_token(name), time="0")


def _tell(test: ET.Element, tag: str, message: str, kind: str, text: str = "") -> None:
    told = ET.SubElement(test, tag, message=_clean(message), type=kind)
    told.text = _clean(text or message)


def _clean(text: str) -> str:
    """Without the control characters that XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)


def _token(text: str) -> str:
    """On one line without double spaces, which the schema's tokens are; never empty."""
    return _SPACES.sub(" ", _clean(text)).strip() or "-"
