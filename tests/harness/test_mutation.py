"""The mutation test of a judge: sampling, counting, what it prints, and that fitting never sees its operators."""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from harness.cases import Judgement
from harness.mutation.directions import FALSE_KILL_RATE, KILL_RATE
from harness.mutation.figures import figures_of
from harness.mutation.listing import as_json, shown, starts_line, tables
from harness.mutation.measure import Outcome, mutation_test, rates
from harness.mutation.mutants import Pool, Start, language_of
from harness.mutation.scoring.table import OPERATORS
from harness.mutation.starts import labelled_starts, rule_starts, unique

ROOT = Path(__file__).resolve().parents[2]
CONTEXT = (
    "냉장고의 수수료는 8,000원이에요. 무색페트병은 라벨을 떼고 헹궈서 내놓으세요. 거울은 유리병 수거함에 넣지 마세요.",
    "Put mirrors in the special sack. A sofa costs 6,000 won.",
)
STARTS = tuple(
    Start(f"s:{number}", text, CONTEXT, "rule")
    for number, text in enumerate(
        (
            "냉장고의 수수료는 8,000원이에요.",
            "무색페트병은 라벨을 떼고 헹궈서 내놓으세요.",
            "거울은 유리병 수거함에 넣지 마세요.",
            "Put mirrors in the special sack.",
            "A sofa costs 6,000 won.",
        )
    )
)


class Verbatim:
    """Supports what the context says word for word, and nothing else."""

    def judge(self, question: str | None, context: Sequence[str], claim: str) -> Judgement:
        said = claim in " ".join(context)
        return Judgement(0.9 if said else 0.1, "supported" if said else "unsupported")


class Credulous:
    """Supports everything."""

    def judge(self, question: str | None, context: Sequence[str], claim: str) -> Judgement:
        return Judgement(0.9, "supported")


class Hesitant:
    """Supports what is said word for word and abstains from the rest."""

    def judge(self, question: str | None, context: Sequence[str], claim: str) -> Judgement:
        return Judgement(0.9, "supported") if claim in " ".join(context) else Judgement(0.5, "abstain")


def overall(outcome: Outcome) -> dict[str, float]:
    return {rate.family: rate.value for rate in rates(outcome.tried) if not rate.operator and not rate.language}


def test_a_judge_that_believes_everything_kills_nothing() -> None:
    outcome = mutation_test(Credulous(), Pool(STARTS), OPERATORS)
    assert overall(outcome) == {"mutation": 0.0, "rewrite": 0.0}
    assert len(outcome.survivors()) > 10


def test_a_judge_that_compares_letters_kills_rewrites_too() -> None:
    outcome = mutation_test(Verbatim(), Pool(STARTS), OPERATORS)
    assert overall(outcome)["mutation"] == 1.0
    assert overall(outcome)["rewrite"] > 0.5
    assert len(outcome.false_kills()) > 5


def test_an_abstention_is_counted_and_kills_nothing() -> None:
    outcome = mutation_test(Hesitant(), Pool(STARTS), OPERATORS)
    total = next(
        rate for rate in rates(outcome.tried) if (rate.family, rate.operator, rate.language) == ("mutation", "", "")
    )
    assert (total.killed, total.abstained) == (0, total.n)


def test_a_claim_that_the_judge_refuses_unmutated_is_no_start() -> None:
    false = Start("s:x", "냉장고의 수수료는 9,000원이에요.", CONTEXT, "answer")
    outcome = mutation_test(Verbatim(), Pool((false,)), OPERATORS)
    assert (outcome.asked["answer"], outcome.accepted["answer"], outcome.tried) == (1, 0, ())
    assert "answer 0 of 1" in starts_line(outcome)


def test_two_tests_of_one_judge_are_the_same_to_the_letter() -> None:
    first, second = (as_json(mutation_test(Verbatim(), Pool(STARTS), OPERATORS)) for _ in range(2))
    assert first == second
    assert json.loads(first)["schema"] == "mutations/1"


def test_a_cell_holds_no_more_than_it_may() -> None:
    many = tuple(
        Start(f"m:{price}", f"의자는 {price:,}원이에요.", (f"의자는 {price:,}원이에요.",), "rule")
        for price in range(1000, 1100)
    )
    outcome = mutation_test(Verbatim(), Pool(many), OPERATORS, per_cell=7)
    assert {rate.n for rate in rates(outcome.tried) if rate.operator == "number" and rate.language} == {7}


def test_figures_tell_kills_by_operator_and_false_kills() -> None:
    figures = {
        (figure.metric, figure.slice): figure
        for figure in figures_of(mutation_test(Verbatim(), Pool(STARTS), OPERATORS))
    }
    assert figures[(KILL_RATE, "operator:number")].value == 1.0
    assert figures[(FALSE_KILL_RATE, "")].n > 5
    assert all(figure.low is not None and figure.high is not None for figure in figures.values())


def test_tables_and_survivors_are_for_reading() -> None:
    outcome = mutation_test(Credulous(), Pool(STARTS), OPERATORS)
    kills, _ = tables(outcome)
    assert kills[0][:4] == ("mutation", "language", "mutants", "killed")
    assert kills[-1][0] == "all"
    assert (
        0 < len(shown(outcome, 1)) <= len({(trial.mutant.operator, trial.mutant.language) for trial in outcome.tried})
    )
    assert shown(outcome, 0) == []


def test_rules_give_a_start_a_sentence_and_language() -> None:
    starts = list(
        rule_starts(
            {
                "rule:a": ("캔은 고철이에요. 병은 유리예요.", "One is so. Two are so."),
                "rule:b": ("책은 종이예요.", "Three are so."),
            }
        )
    )
    assert [start.text for start in starts if start.ids == {"rule:a"}] == [
        "캔은 고철이에요.",
        "병은 유리예요.",
        "One is so.",
        "Two are so.",
    ]
    assert "책은 종이예요." in starts[0].context


def test_labelled_rows_that_are_false_or_of_the_test_split_are_no_starts(tmp_path: Path) -> None:
    row = {"id": "r", "context": ["가 나요."], "claim": "가 나요.", "supported": True, "split": "dev"}
    rows = [row, {**row, "supported": False}, {**row, "split": "test"}]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert [start.id for start in labelled_starts(tmp_path / "rows.jsonl")] == ["r"]
    assert list(labelled_starts(tmp_path / "none.jsonl")) == []


def test_a_text_starts_once_and_a_fragment_never() -> None:
    fragment = Start("f", "10,000원", CONTEXT, "labelled")
    assert unique([STARTS[0], STARTS[0], fragment]) == [STARTS[0]]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("플리는 플라스틱을 맡아요.", "ko"),
        ("It is at 서울 강남구 다온로 77.", "en"),
        ("PET는 페트예요.", "ko"),
        ("Put it out.", "en"),
    ],
)
def test_the_language_of_a_claim_is_that_of_its_sentence(text: str, language: str) -> None:
    assert language_of(text) == language


def test_no_module_of_the_judge_imports_what_scores_it() -> None:
    for path in (ROOT / "harness" / "judging").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
        named += [
            f"{node.module}.{alias.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
        ]
        assert not [name for name in named if name.startswith("harness.mutation.scoring")], path


def test_every_operator_of_the_scoring_table_scores() -> None:
    assert {operator.purpose for operator in OPERATORS} == {"score"}
    assert len({operator.name for operator in OPERATORS if operator.family == "mutation"}) == 10
    assert all(operator.doc for operator in OPERATORS)
