"""How a district has its bulky waste put out, as its office reports it: live, where the rules' contacts are static."""

from __future__ import annotations

from dataclasses import dataclass, fields

from eco2.turns import Evidence

_PLACE = frozenset({"id", "path", "line"})


@dataclass(frozen=True)
class DistrictWaste:
    """Bulky waste in a district: how and where it is put out, and who answers. `dated` is the data's own day, ISO.

    `path` and `line` say where it stands, as in `outside.Found`.
    """

    id: str
    region: str
    district: str
    path: str
    line: int
    method: str | None = None
    where: str | None = None
    hours: str | None = None
    office: str | None = None
    phone: str | None = None
    dated: str | None = None

    def evidence(self, *sentences: str) -> Evidence:
        """Return the row as injected: what is said of it, then its fields, one "key: value" a line."""
        values = ((field.name, getattr(self, field.name)) for field in fields(self) if field.name not in _PLACE)
        rows = [f"{name}: {value}" for name, value in values if value is not None]
        return Evidence(f"world:{self.id}", self.path, self.line, self.line, "\n".join((*sentences, *rows)))
