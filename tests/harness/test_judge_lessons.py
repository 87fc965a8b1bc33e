"""What teaches the judge: true claims made false or restated, by operators that never score it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from harness.judging.sets import Labelled
from harness.judging.training import taught_rows
from harness.mutation.fitting.table import LESSONS, Taught, lessons
from harness.mutation.mutants import Start
from harness.mutation.scoring.table import OPERATORS

ROOT = Path(__file__).resolve().parents[2]
TEXTS = (
    "알루미늄캔은 내용물을 비우고 물로 헹군 뒤 금속캔 수거함에 넣으세요.",
    "우산이 젖었으면 그늘에서 말려서 고철로 버려 주세요.",
    "강남구에서 40인치 이상 TV의 수수료는 8,000원이에요.",
    "Rinse a glass jar and put it in the bottle bin.",
    "If a kettle still works, sell it at a second-hand shop.",
    "The price of cardboard is 80 won per kg.",
    "Do not throw a battery away with the paper.",
)
STARTS = [Start(f"s{at}", text, (text,), "rule", ids=frozenset({f"g{at}"})) for at, text in enumerate(TEXTS)]


def of(name: str) -> list[Taught]:
    return [one for one in lessons(STARTS) if one.operator == name]


def test_the_same_claims_give_the_same_lessons() -> None:
    assert lessons(STARTS) == lessons(STARTS)


def test_no_operator_both_teaches_and_scores() -> None:
    assert {lesson.name for lesson in LESSONS}.isdisjoint(operator.name for operator in OPERATORS)
    assert {lesson.vary for lesson in LESSONS}.isdisjoint(operator.make for operator in OPERATORS)


def test_no_module_that_teaches_imports_what_scores() -> None:
    for path in (ROOT / "harness" / "mutation" / "fitting").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        assert not [name for name in named if name.startswith("harness.mutation.scoring")], path


@pytest.mark.parametrize("name", ["borrowed-noun", "borrowed-verb", "denied-otherwise", "shifted-number"])
def test_a_mutation_is_false_and_differs_from_its_claim(name: str) -> None:
    found = of(name)
    assert found
    assert all(not one.supported and one.text != one.start.text for one in found)


def test_what_is_borrowed_is_unknown_to_the_context() -> None:
    assert all(
        not one.start.says(new)
        for one in of("borrowed-verb")
        for new in set(one.text.split()) - set(one.start.text.split())
    )


def test_a_restated_claim_stays_true() -> None:
    assert {one.supported for one in of("restated")} == {True}


def test_a_narrowed_context_says_so_only_on_a_condition() -> None:
    for one in of("context_on_condition"):
        assert one.text == one.start.text
        assert one.context != one.start.context


def test_a_lesson_stays_in_the_group_of_its_claim() -> None:
    own = [Labelled("rules", f"rules:{at}", None, (text,), text, supported=True) for at, text in enumerate(TEXTS)]
    rows = taught_rows(own, {})
    assert rows
    assert {row.group for row in rows} <= {row.group for row in own}
    assert {row.set for row in rows} <= {"mutants_ko", "mutants_en"}


def test_only_supported_claims_teach() -> None:
    own = [Labelled("rules", "rules:1", None, (TEXTS[0],), TEXTS[0], supported=False)]
    assert taught_rows(own, {}) == []
