"""A sorted list of terms in one byte string, searched where it lies: it opens at once, however large it is."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from mmap import mmap
from typing import overload

import numpy as np
from numpy.typing import NDArray

_REMEMBERED = 50_000


class Vocabulary(Sequence[bytes]):
    """Terms as UTF-8, ascending; a term's id is its place.

    `ends` is (n,) int64: where each term ends in `blob`, which may be mapped from a file.
    """

    def __init__(self, blob: bytes | mmap, ends: NDArray[np.int64]) -> None:
        self.blob = blob
        self.ends = ends
        # A step of a search reads two numbers, which numpy would wrap each time.
        self._ends: memoryview[int] = np.ascontiguousarray(ends).data
        self._found: dict[str, int | None] = {}

    @classmethod
    def of(cls, terms: Iterable[str]) -> Vocabulary:
        """Sort and keep each term once."""
        encoded = sorted({term.encode("utf-8") for term in terms})
        return cls(b"".join(encoded), np.cumsum([len(term) for term in encoded], dtype=np.int64))

    def __reduce__(self) -> tuple[type[Vocabulary], tuple[bytes, NDArray[np.int64]]]:
        """What is mapped from a file, and what is remembered, cannot go to another process."""
        return Vocabulary, (bytes(self.blob), self.ends)

    def __len__(self) -> int:
        return len(self.ends)

    @overload
    def __getitem__(self, place: int) -> bytes: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[bytes]: ...
    def __getitem__(self, place: int | slice) -> bytes | Sequence[bytes]:
        if isinstance(place, slice):
            return [self[index] for index in range(*place.indices(len(self)))]
        return self.blob[self._ends[place - 1] if place > 0 else 0 : self._ends[place]]

    def terms(self) -> Iterator[str]:
        """All terms, ascending."""
        start = 0
        for end in self.ends.tolist():
            yield bytes(self.blob[start:end]).decode("utf-8")
            start = end

    def find(self, term: str) -> int | None:
        """The id of a term, None for one that is not in here; what was asked before is remembered."""
        if term not in self._found:
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            self._found[term] = self._search(term.encode("utf-8", "surrogatepass"))
        return self._found.get(term)

    def _search(self, encoded: bytes) -> int | None:
        place = bisect_left(self, encoded)
        return place if place < len(self) and self[place] == encoded else None
