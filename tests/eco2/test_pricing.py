"""Price lists: what is known is multiplied, what is not known stays unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from eco2.pricing import Price, Prices, prices_from, read_prices, shipped_prices
from eco2.turns import SettingsError

ROW = {"name": "m", "input_usd": 2, "output_usd": 8.5, "source": "list", "date": "2026-01-02"}


def test_a_call_costs_its_tokens_times_the_price_of_a_million() -> None:
    prices = prices_from({"model": [ROW]}, "list")

    assert prices.cost_usd("m", 1_000_000, 0) == 2.0
    assert prices.cost_usd("m", 500, 200) == pytest.approx(0.0027)


def test_a_model_that_is_not_listed_has_no_price_not_even_a_similar_one() -> None:
    assert Prices({"m-2": Price(1, 1, "list", "2026-01-02")}).cost_usd("m-2-mini", 10, 10) is None


def test_every_shipped_price_says_where_and_when_it_was_read() -> None:
    assert all(price.source and price.date for price in shipped_prices().models.values())


@pytest.mark.parametrize(
    "change",
    [{"source": ""}, {"date": None}, {"input_usd": -1}, {"output_usd": "8"}, {"input_usd": True}, {"name": ""}],
    ids=lambda change: next(iter(change)),
)
def test_a_price_without_its_source_its_date_or_a_number_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match="list, model 1"):
        prices_from({"model": [{**ROW, **change}]}, "list")


def test_a_list_of_ones_own_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "prices.toml"
    path.write_text('[[model]]\nname = "m"\ninput_usd = 1\noutput_usd = 2\nsource = "s"\ndate = "2026-01-02"\n')

    assert read_prices(path).models == {"m": Price(1.0, 2.0, "s", "2026-01-02")}


@pytest.mark.parametrize("text", ["[[model", "model = 3"])
def test_a_file_that_is_no_price_list_is_one_line(text: str, tmp_path: Path) -> None:
    path = tmp_path / "prices.toml"
    path.write_text(text)

    with pytest.raises(SettingsError, match="USD per million tokens"):
        read_prices(path)
    with pytest.raises(SettingsError, match="cannot be read"):
        read_prices(tmp_path / "none.toml")
