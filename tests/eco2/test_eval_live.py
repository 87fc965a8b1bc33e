"""`make eval-live`: golden cases are put to a model, recorded, and scored again with the model gone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.eco2.wire_server import MODEL, Reply, wire_server

CASES = 3
CHANGES = {"timings_ms", "ts", "job_id"}
"""What may differ from run to run: times, and the ids of jobs, of which those of events are made."""
KEYS = ("OPENAI_API_KEY", "GEMINI_API_KEY", "ECO2_MODEL", "ECO2_TAPE", "ECO2_TAPES", "OUT", "ARGS")


def eval_live(repository: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if name not in KEYS}
    command = ["sh", "deploy/eval-live.sh", str(Path(sys.executable).parent)]
    return subprocess.run(
        command, cwd=repository, env={**environ, **settings}, capture_output=True, text=True, check=False
    )


def cases_of(repository: Path) -> list[dict[str, Any]]:
    rows = (repository / "datasets" / "golden-dev.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(row) for row in rows[:CASES]]


def replies(case: Mapping[str, Any]) -> Sequence[Reply]:
    """A model that hears what is labelled and answers each case in one cited sentence."""
    last = case["turns"][-1]
    text = last if isinstance(last, str) else last["text"]
    query = {"text": text, "standalone": text, "intents": case["intents"], "follow_up": False}
    told = {"paragraphs": [[{"citations": case["rules"][:1], "text": f"{case['id']}: 이렇게 버리세요."}]]}
    said = ({"sub_queries": [query], "left_out": 0}, told)
    return [Reply(json.dumps(one, ensure_ascii=False)) for one in said]


def kept(response: Mapping[str, Any]) -> dict[str, Any]:
    """A response without what changes. Sub-agents work side by side: the events of each one alone have an order."""
    events = [
        {key: value for key, value in event.items() if key not in {*CHANGES, "id", "seq"}}
        for event in sorted(
            response["events"], key=lambda event: (event["stage"], event["payload"].get("sub_query", -1))
        )
    ]
    return {**{key: value for key, value in response.items() if key not in CHANGES}, "events": events}


def responses(folder: Path) -> list[str]:
    lines = (folder / "observations.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.dumps(kept(json.loads(line)["response"]), ensure_ascii=False) for line in lines]


def scores(folder: Path) -> list[str]:
    rows = [json.loads(line) for line in (folder / "scores.jsonl").read_text(encoding="utf-8").splitlines()]
    return [json.dumps(row, ensure_ascii=False) for row in rows if "latency" not in row["metric"]]


def test_a_recorded_run_is_scored_byte_for_byte_with_the_model_gone(repository: Path, tmp_path: Path) -> None:
    tapes, first, again = tmp_path / "tapes", tmp_path / "first", tmp_path / "again"
    some = f"--split dev --limit {CASES}"
    with wire_server() as server:
        server.then(*(reply for case in cases_of(repository) for reply in replies(case)))
        recorded = eval_live(
            repository, ECO2_MODEL=f"compatible:{server.url}#{MODEL}", ECO2_TAPES=str(tapes), OUT=str(first), ARGS=some
        )
        asked = len(server.asked)

    replayed = eval_live(repository, ECO2_TAPE="replay", ECO2_TAPES=str(tapes), OUT=str(again), ARGS=some)

    assert (recorded.returncode, replayed.returncode) == (0, 0), recorded.stderr + replayed.stderr
    assert asked == 2 * CASES
    assert f"{cases_of(repository)[0]['id']}: 이렇게 버리세요." in responses(first)[0]
    assert responses(first) == responses(again)
    assert scores(first) == scores(again)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "set OPENAI_API_KEY, GEMINI_API_KEY or ECO2_MODEL"),
        ({"ECO2_TAPE": "replay"}, "nothing to replay"),
        ({"ECO2_TAPE": "rewind"}, "'record' or 'replay'"),
    ],
)
def test_what_is_missing_is_said_in_one_line(
    settings: dict[str, str], words: str, repository: Path, tmp_path: Path
) -> None:
    done = eval_live(repository, **{"ECO2_TAPES": str(tmp_path), **settings})
    assert done.returncode == 3
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
