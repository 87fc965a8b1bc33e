"""The labelled pictures are whole, and the product selects their rules as well as it was measured to."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kb.app import open_workspace, rulebook
from kb.rulebook import Rulebook

if TYPE_CHECKING:
    from benchmarks.pictures import Picture

FLOOR = 1.0  # 80 of 80 are exact
FIELDS = {
    "id", "picture", "major", "middle", "minor", "item", "situation_tags", "variant", "rules", "source",
}  # fmt: skip


@pytest.fixture
def benchmark(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(repository))
    return import_module("benchmarks.pictures")


@pytest.fixture
def pictures(benchmark: Any) -> list[Picture]:
    return list(benchmark.read_pictures())


@pytest.fixture(scope="module")
def rules_here(repository: Path) -> Rulebook:
    return rulebook(open_workspace(repository))


def _rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_row_has_exactly_the_fields_of_a_picture_and_an_id_of_its_own(repository: Path) -> None:
    rows = _rows(repository / "datasets" / "pictures.jsonl")
    assert all(set(row) == FIELDS for row in rows)
    assert len({str(row["id"]) for row in rows}) == len(rows)


def test_every_recorded_picture_has_two_variants_or_more_and_its_recorded_one_is_as_recorded(
    repository: Path, pictures: list[Picture]
) -> None:
    recorded = {str(row["picture"]): row for row in _rows(repository / "datasets" / "world" / "vision.jsonl")}
    variants = Counter(picture.sight.picture for picture in pictures)
    assert set(variants) == set(recorded)
    assert min(variants.values()) >= 2
    for picture in pictures:
        row, sight = recorded[picture.sight.picture], picture.sight
        assert (sight.major, sight.middle, sight.minor, sight.item) == tuple(
            row[key] for key in ("major", "middle", "minor", "item")
        )
        if picture.variant == "recorded":
            assert list(sight.situation_tags) == row["situation_tags"], picture.id


def test_no_two_variants_of_a_picture_have_the_same_tags(pictures: list[Picture]) -> None:
    keys = [(picture.sight.picture, frozenset(picture.sight.situation_tags)) for picture in pictures]
    assert len(set(keys)) == len(keys)


def test_every_id_and_every_tag_is_in_the_rules(pictures: list[Picture], rules_here: Rulebook) -> None:
    tags = {rule.name for rule in rules_here.of_kind("tag")}
    for picture in pictures:
        assert picture.rules <= set(rules_here.rules), picture.id
        assert set(picture.sight.situation_tags) <= tags, picture.id


def test_the_share_of_pictures_with_exactly_their_rules_is_as_measured(benchmark: Any, pictures: list[Picture]) -> None:
    sources = benchmark.sources_here()
    rows = [benchmark.selected(picture, sources) for picture in pictures]
    wrong = [row.picture.id for row in rows if not row.exact]
    assert benchmark.exact_share(rows) >= FLOOR, wrong


def test_a_picture_without_its_tags_does_not_get_the_rules_that_they_bring(
    benchmark: Any, pictures: list[Picture]
) -> None:
    by_id = {picture.id: picture for picture in pictures}
    greasy, clean = by_id["picture-greasy-pizza-box-recorded"], by_id["picture-greasy-pizza-box-none"]
    assert not benchmark.selected(replace(greasy, sight=clean.sight), benchmark.sources_here()).exact
