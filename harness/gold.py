"""The accepted truth: sentences by citation id, from `datasets/gold/*.jsonl`.

A snapshot, written only by `harness gold accept`: it does not follow the knowledge when somebody breaks a rule, so a
broken rule shows as false.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from harness.case_files import full_id, normalised


@dataclass(frozen=True)
class Gold:
    """Sentences that are true, by the id that is cited for them."""

    texts: Mapping[str, tuple[str, ...]]

    def of(self, ids: Iterable[str]) -> list[tuple[str, str]]:
        """(id, sentence) of the ids that are known, in order."""
        return [(id_, text) for id_ in dict.fromkeys(ids) for text in self.texts.get(id_, ())]

    def nearest(self, claim: str, count: int) -> list[tuple[str, str]]:
        """The sentences that share most letter pairs with a claim, best first; ties in file order.

        A judge that reads all of them for every claim would be asked a thousand sentences at a time.
        """
        shared = Counter(index for pair in _pairs(claim) for index in self._sentences_with.get(pair, ()))
        best = sorted(shared, key=lambda index: (-shared[index], index))[:count]
        return [self._sentences[index] for index in best]

    @cached_property
    def _sentences(self) -> list[tuple[str, str]]:
        return self.of(self.texts)

    @cached_property
    def _sentences_with(self) -> dict[str, list[int]]:
        """Indexes of the sentences that hold a letter pair."""
        found: dict[str, list[int]] = {}
        for index, (_, text) in enumerate(self._sentences):
            for pair in _pairs(text):
                found.setdefault(pair, []).append(index)
        return found


@dataclass(frozen=True)
class Drift:
    """Where the knowledge and its accepted snapshot differ, by id."""

    changed: tuple[str, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.changed) + len(self.added) + len(self.removed)

    def __str__(self) -> str:
        parts = (("changed", self.changed), ("not accepted yet", self.added), ("gone", self.removed))
        return "; ".join(f"{word}: {_shown(ids)}" for word, ids in parts if ids)


def gold_from(rows: Iterable[Mapping[str, object]]) -> Gold:
    """Collect rows `{"id", "text": [sentence, …]}`; several rows of one id add up."""
    texts: dict[str, tuple[str, ...]] = {}
    for row in rows:
        sentences = row.get("text")
        listed = [sentences] if isinstance(sentences, str) else sentences
        if isinstance(listed, Sequence):
            key = full_id(str(row.get("id", "")))
            texts[key] = (*texts.get(key, ()), *(str(sentence) for sentence in listed))
    return Gold(texts)


def drift(accepted: Gold, knowledge: Mapping[str, tuple[str, ...]]) -> Drift:
    """Compare the accepted sentences of rules with those of the knowledge as it stands."""
    then = {id_: texts for id_, texts in accepted.texts.items() if id_.startswith("rule:")}
    return Drift(
        changed=tuple(id_ for id_ in then if id_ in knowledge and knowledge[id_] != then[id_]),
        added=tuple(id_ for id_ in knowledge if id_ not in then),
        removed=tuple(id_ for id_ in then if id_ not in knowledge),
    )


def _pairs(text: str) -> frozenset[str]:
    letters = normalised(text)
    return frozenset(letters[at : at + 2] for at in range(len(letters) - 1))


def _shown(ids: Sequence[str]) -> str:
    return ", ".join(ids[:5]) + (f" and {len(ids) - 5} more" if len(ids) > 5 else "")
