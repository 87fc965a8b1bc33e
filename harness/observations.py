"""Find the observations of a run in their file: where each stands is held, what it says is read on demand."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from harness.case_loading import Cases
from harness.cases import DataError, Observation
from harness.jsonl import row_of
from harness.records import observation_from
from harness.score import parts_of

Complaint = Callable[[str, object], str | None]
_NONE = -1


class Observations:
    """Those of one suite, by case and repeat. Only rows that belong to a case as it is asked today count.

    Attributes:
        errors: how many failed, by the first word of what went wrong.
        examples: of each of these words the first message, of the dev split.
        strangers: ids that were asked and are no longer among the cases.
    """

    def __init__(self, path: Path, cases: Cases, repeats: int) -> None:
        self.cases, self.repeats = cases, repeats
        self.errors: Counter[str] = Counter()
        self.examples: dict[str, str] = {}
        self.strangers: dict[str, None] = {}
        self._path = path
        self._starts = array("q", [_NONE]) * (len(cases) * repeats)
        self._parts: set[str] = set()
        self._has_answered = False

    def __len__(self) -> int:
        return len(self._starts) - self._starts.count(_NONE)

    def __iter__(self) -> Iterator[Observation]:
        """All there are, by case and then by repeat."""
        with self._path.open("rb") as stream:
            for start in self._starts:
                if start != _NONE:
                    stream.seek(start)
                    yield observation_from(row_of(stream.readline(), str(self._path)))

    def has(self, id_: str, repeat: int) -> bool:
        return (number := self.cases.number(id_)) is not None and self._start(number, repeat) != _NONE

    def get(self, id_: str, repeat: int = 0) -> Observation | None:
        """Read one; None where the target was not asked."""
        number = self.cases.number(id_)
        start = _NONE if number is None else self._start(number, repeat)
        if start == _NONE:
            return None
        with self._path.open("rb") as stream:
            stream.seek(start)
            return observation_from(row_of(stream.readline(), str(self._path)))

    def add(self, observation: Observation, start: int) -> bool:
        """Remember where a row starts; False where it belongs to no case.

        Raises:
            DataError: this case has an observation of this repeat already.
        """
        number = self.cases.number(observation.id)
        if number is None:
            self.strangers[observation.id] = None
            return False
        if observation.repeat >= self.repeats or not self.cases.asks(observation.id, observation.fingerprint):
            return False
        if self._start(number, observation.repeat) != _NONE:
            raise DataError(f"{observation.suite} {observation.id!r} stands twice; remove one row")
        self._starts[number * self.repeats + observation.repeat] = start
        self._learn(observation)
        return True

    def given(self, *, gold: bool) -> set[str] | None:
        """The parts that the target gives: see `score.parts_given`."""
        return self._parts | ({"gold"} if gold else set()) if self._has_answered else None

    def missing(self) -> Iterator[tuple[str, str]]:
        """(id, split) of cases that lack an observation, in their order."""
        for number, case in enumerate(self.cases):
            if any(self._start(number, repeat) == _NONE for repeat in range(self.repeats)):
                yield case.id, case.split

    def _start(self, number: int, repeat: int) -> int:
        return self._starts[number * self.repeats + repeat]

    def _learn(self, observation: Observation) -> None:
        if observation.error:
            word, _, rest = observation.error.partition(":")
            self.errors[word] += 1
            if observation.split == "dev" and rest.strip():
                self.examples.setdefault(word, rest.strip())
        if observation.response is not None:
            self._parts |= parts_of(observation.response)
            self._has_answered = True


def observations_of(
    path: Path, suites: Mapping[str, Cases], repeats: int, complaint: Complaint
) -> dict[str, Observations]:
    """Look through the file once.

    Raises:
        DataError: a row is damaged, or a case stands twice; names the line.
    """
    found = {name: Observations(path, cases, repeats) for name, cases in suites.items()}
    for start, observation, where in rows(path, complaint):
        if (of_suite := found.get(observation.suite)) is not None:
            try:
                of_suite.add(observation, start)
            except DataError as error:
                raise DataError(f"{where}: {error}") from error
    return found


def rows(path: Path, complaint: Complaint) -> Iterator[tuple[int, Observation, str]]:
    """Yield (byte where it starts, observation, place for messages) of every row.

    Raises:
        DataError: a row is damaged; names the line.
    """
    if not path.is_file():
        return
    start = 0
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            if line.strip():
                where = f"{path}:{number}"
                row = row_of(line, where)
                if (wrong := complaint("observation", row)) is not None:
                    raise DataError(f"{where}: {wrong}; mend or remove the row")
                yield start, observation_from(row), where
            start += len(line)
