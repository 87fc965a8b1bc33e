"""What a call costs by a price list. A price that is not known stays unknown, never guessed from a similar model."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eco2.tables import table
from eco2.turns import SettingsError

_MILLION = 1_000_000
_SHAPE = "each [[model]] has 'name', 'input_usd', 'output_usd' (USD per million tokens), 'source' and 'date'"


@dataclass(frozen=True)
class Price:
    """USD per million tokens, with where and when that was read."""

    input_usd: float
    output_usd: float
    source: str
    date: str


@dataclass(frozen=True)
class Prices:
    """Prices by the name of the model as its provider writes it."""

    models: Mapping[str, Price] = field(default_factory=dict)

    def cost_usd(self, model: str, input_tokens: int, output_tokens: int) -> float | None:
        """Return what tokens cost; None when the model, or the version of it that answered, has no price here."""
        price = self.models.get(model)
        if price is None:
            return None
        return (input_tokens * price.input_usd + output_tokens * price.output_usd) / _MILLION


def shipped_prices() -> Prices:
    """Return the prices of `data/prices.toml`."""
    return prices_from(table("prices"), "data/prices.toml")


def read_prices(path: Path) -> Prices:
    """Read a price list of one's own.

    Raises:
        SettingsError: the file cannot be read, or a row lacks its source, its date or a price.
    """
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path} cannot be read as a price list ({error}); {_SHAPE}") from error
    return prices_from(rows, path.name)


def prices_from(rows: Mapping[str, Any], where: str) -> Prices:
    """Read the rows of a price list.

    Raises:
        SettingsError: a row has another shape; names the row.
    """
    listed = rows.get("model", [])
    if not isinstance(listed, list):
        raise SettingsError(f"{where}: 'model' must be a list of tables; {_SHAPE}")
    return Prices(dict(_price(row, f"{where}, model {number}") for number, row in enumerate(listed, start=1)))


def _price(row: object, where: str) -> tuple[str, Price]:
    given: Mapping[str, object] = row if isinstance(row, Mapping) else {}
    name, source, date = (str(given.get(key) or "") for key in ("name", "source", "date"))
    if not (name and source and date):
        raise SettingsError(f"{where} ({name or 'no name'}): a price needs its source and its date; {_SHAPE}")
    amounts = [_amount(given.get(key), key, f"{where} ({name})") for key in ("input_usd", "output_usd")]
    return name, Price(amounts[0], amounts[1], source, date)


def _amount(value: object, key: str, where: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < float("inf"):
        raise SettingsError(f"{where}: {key!r} must be a number of USD, 0 or more, got {value!r:.40}; {_SHAPE}")
    return float(value)
