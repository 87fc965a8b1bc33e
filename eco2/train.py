"""What labelled messages teach: rows become examples, examples the file of weights. `eco2 train` runs it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from random import Random

from eco2.classify import VERSION, Linear
from eco2.features import cut_features, cut_places, features
from eco2.learn import Example, fit
from eco2.parts import Reader
from eco2.split import bare
from eco2.turns import GENERAL
from eco2.utterances import LABELS, Utterance

CUT, WHOLE = "cut", "whole"
_PLACES = 2
"""Places of a message that are learned as no cuts; of all of them there are too many for a second's fit."""
_RULES = "rules"


def train(rows: Sequence[Utterance], reader: Reader) -> str:
    """Return the file of weights that rows teach, with the words that `reader` knows."""
    alone = [row for row in rows if not row.before]
    learned = {
        "version": VERSION,
        "rows": len(alone),
        "frames": len({row.frame for row in alone}),
        "intent": _row(fit(list(intent_examples(alone, reader)), LABELS)),
        "cut": _row(fit(list(cut_examples(alone)), (CUT, WHOLE))),
    }
    return written(learned)


def intent_examples(rows: Iterable[Utterance], reader: Reader) -> Iterator[Example]:
    """Yield every question as the rules see it, and once more as if they had settled on nothing.

    The rules are right so often that, seen alone, they would be all that is learned.
    """
    for row in rows:
        whole = len(row.sub_queries) == 1
        for asked in row.sub_queries:
            reading = reader.read(reader.mend(bare(row.text if whole else asked.text)))
            label, seen = asked.intents[0], features(reading)
            group = row.frame if whole else f"{row.frame}:{label}"
            yield Example(seen, label, group)
            if label != GENERAL or not reading.intents:
                blind = frozenset(name for name in seen if not name.startswith(_RULES))
                yield Example(blind | {f"{_RULES}:none"}, label, group)


def cut_examples(rows: Iterable[Utterance]) -> Iterator[Example]:
    """Yield where a question begins in Korean messages, with spaces and without, and some places where none does."""
    for row in rows:
        if row.lang == "ko":
            yield from _places(row, row.text)
            if len(row.sub_queries) > 1:
                yield from _places(row, row.text.replace(" ", ""))


def _places(row: Utterance, text: str) -> Iterator[Example]:
    begins = _beginnings(row)
    places = {at: _letters(text[:at]) in begins for at in cut_places(text)}
    others = [at for at, begin in places.items() if not begin]
    chosen = Random(row.id).sample(others, min(_PLACES, len(others)))
    for at in sorted([*chosen, *(at for at, begin in places.items() if begin)]):
        label = CUT if places[at] else WHOLE
        yield Example(frozenset(cut_features(text, at)), label, f"{row.frame}:{label}")


def _beginnings(row: Utterance) -> frozenset[int]:
    """Return how many letters stand before each question but the first; slips of the finger keep their number."""
    lengths = [_letters(asked.text) for asked in row.sub_queries]
    return frozenset(sum(lengths[:count]) for count in range(1, len(lengths)))


def _letters(text: str) -> int:
    return len("".join(text.split()))


def _row(linear: Linear) -> dict[str, object]:
    return {"labels": linear.labels, "bias": linear.bias, "weights": linear.weights}


def written(learned: dict[str, object]) -> str:
    """Return the file's text: one feature a line, so that a change of weights can be read."""
    text = json.dumps(learned, ensure_ascii=False, separators=(",", ":"))
    return text.replace("],", "],\n").replace("{", "{\n") + "\n"
