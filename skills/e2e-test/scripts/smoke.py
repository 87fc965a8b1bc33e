"""Ask the bot one question an intent on the frozen world and check the shape of what comes back.

Not a replacement for the golden suite: no fact is checked here.
Exit 0 all right, 1 a check failed, 3 the bot did not run.
Usage, from the repository root: python skills/e2e-test/scripts/smoke.py
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

PLACE = "강남구"
QUESTIONS: tuple[tuple[str, frozenset[str]], ...] = (
    ("다 마신 생수 페트병은 어떻게 버려요?", frozenset({"waste"})),
    ("페티가 누구야?", frozenset({"character"})),
    ("근처 재활용센터 찾아줘", frozenset({"location"})),
    ("폐건전지 수거함 어디 있어?", frozenset({"collection_point"})),
    ("2인용 소파 수수료 얼마예요?", frozenset({"bulk_waste"})),
    ("알루미늄캔 시세 알려줘", frozenset({"recyclable_price"})),
    ("오늘 날씨 어때?", frozenset({"weather"})),
    ("최신 분리배출 정책 뉴스 검색해줘", frozenset({"web_search"})),
    ("페티 그림 그려줘", frozenset({"image_generation"})),
    ("이 페트병 어떻게 분리해? 근처 수거함도 알려줘", frozenset({"waste", "collection_point"})),
    ("안녕, 너는 뭐 하는 애야?", frozenset({"general"})),
)
_CITATION = re.compile(r"\[((?:rule|world|adr|incident):[^\]\s]+)\]")


def main() -> int:
    """Run all questions through `eco2 ask` and print one line each."""
    answers = _ask()
    if answers is None:
        return 3
    failed = 0
    for number, (question, intents) in enumerate(QUESTIONS):
        problems = list(_problems(answers.get(str(number), {}), intents))
        failed += bool(problems)
        sys.stdout.write("\n     ".join([f"{'FAIL' if problems else 'ok  '} {question}", *problems]) + "\n")
    return 1 if failed else 0


def _ask() -> dict[str, Mapping[str, Any]] | None:
    """The responses by id; None, with the bot's own words on stderr, when the bot could not be run."""
    with tempfile.TemporaryDirectory() as folder:
        queries = Path(folder, "queries.jsonl")
        queries.write_text("".join(_row(n, question) for n, (question, _) in enumerate(QUESTIONS)), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "eco2", "ask", "--queries", str(queries), "--json"],
            env={**os.environ, "ECO2_WORLD": "recorded", "PYTHONUTF8": "1"},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if not rows:
        sys.stderr.write(done.stderr or f"eco2 ask printed nothing and ended with {done.returncode}\n")
        return None
    return {str(row["id"]): row for row in rows}


def _row(number: int, question: str) -> str:
    turn = {"text": question, "location": PLACE}
    return json.dumps({"id": str(number), "turns": [turn]}, ensure_ascii=False) + "\n"


def _problems(response: Mapping[str, Any], intents: frozenset[str]) -> Iterator[str]:
    """What is wrong with one response, in the order in which a turn is made."""
    if "error" in response or not response:
        yield f"no response: {response.get('error', 'the row is missing')}"
        return
    if frozenset(response.get("intents", ())) != intents:
        yield f"intents {sorted(response.get('intents', ()))}, expected {sorted(intents)}"
    if not str(response.get("answer", "")).strip():
        yield "the answer is empty"
    listed = {citation["id"] for citation in response.get("citations", ())}
    for cited in sorted(set(_CITATION.findall(str(response.get("answer", "")))) - listed):
        yield f"[{cited}] stands in the answer but not in `citations`"
    numbers = [event["seq"] for event in response.get("events", ())]
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"event numbers {numbers[:8]} do not count from 1"


if __name__ == "__main__":
    sys.exit(main())
