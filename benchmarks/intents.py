"""Measure what the offline model understands: `python -m benchmarks.intents [--split dev|test]`.

A message is understood when the set of its intents is exactly the labelled one, and well cut when its questions have
the labelled intents one by one, in order. Measured on the authored messages (by the rules alone, and with what was
learned), on the same with every space left out, and on the strangers' messages, tuned half and held-back half apart.
Then precision and recall for each intent, and on dev the train frames in folds, each understood with what the others
teach. Intervals are 95 %; rows of one frame are drawn together, since they are understood alike.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np

from eco2.app_train import reader_of
from eco2.classify import parse
from eco2.parts import Reader
from eco2.train import train
from eco2.turns import GENERAL, Turn
from eco2.understand import understand
from eco2.utterances import LABELS, UTTERANCES, Utterance, read_utterances
from harness.intervals import RESAMPLES, SEED, wilson

ROOT = Path(__file__).resolve().parent.parent
STRANGERS = ROOT / "tests" / "eco2" / "data" / "strangers.jsonl"
TUNED = 80
FOLDS = 5
LATE = ("more-", "near-")


@dataclass(frozen=True)
class Message:
    """A conversation, the intents of its last message as a set, one by one where they are known, and its frame."""

    turns: tuple[str, ...]
    intents: frozenset[str]
    one_by_one: tuple[str, ...] = ()
    frame: str = ""
    korean: bool = True


@dataclass(frozen=True)
class Heard:
    """A message with what was understood."""

    message: Message
    intents: frozenset[str]
    one_by_one: tuple[frozenset[str], ...]

    @property
    def exact(self) -> bool:
        return self.intents == self.message.intents

    @property
    def cut(self) -> bool:
        return self.one_by_one == tuple(frozenset({intent}) for intent in self.message.one_by_one)


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--split", choices=("dev", "test"), default="dev")
    split = options.parse_args().split
    learned = reader_of(ROOT)
    rules = replace(learned, guess=lambda _: (), cuts=lambda _: ())
    authored, strangers = list(_authored(split)), list(_strangers())
    unspaced = [_unspaced(message) for message in authored if message.korean and len(message.one_by_one) > 1]
    sets: tuple[tuple[str, Sequence[Message]], ...] = (
        (f"authored {split}", authored),
        ("  of several questions", [message for message in authored if len(message.one_by_one) > 1]),
        ("  the same, no spaces (ko)", unspaced),
        ("strangers, tuned half", strangers[:TUNED]),
        ("strangers, held back", strangers[TUNED:]),
    )
    for name, messages in sets:
        for label, reader in (("rules", rules), ("rules and learned", learned)):
            _line(f"{name}, {label}", hear(messages, reader))
    _by_intent(hear(authored, learned))
    if split == "dev":
        _folds(rules)


def _folds(rules: Reader) -> None:
    """Print what is understood of train frames that nothing was learned from; the rules were mended on many of them."""
    rows = read_utterances(ROOT / UTTERANCES, "train")
    heard: dict[str, list[Heard]] = {"rules": [], "rules and learned": []}
    for fold in range(FOLDS):
        model = parse(train([row for row in rows if _fold(row.frame) != fold], rules))
        messages = [_message(row) for row in rows if _fold(row.frame) == fold]
        heard["rules"] += hear(messages, rules)
        heard["rules and learned"] += hear(messages, replace(rules, guess=model.guess, cuts=model.cuts))
    for label, found in heard.items():
        late = [one for one in found if one.message.frame.startswith(LATE)]
        _line(f"train in {FOLDS} folds, {label}", found)
        _line(f"  frames the rules were hardly mended on, {label}", late)


def _fold(frame: str) -> int:
    return int(sha256(frame.encode()).hexdigest(), 16) // 100 % FOLDS


def _authored(split: str) -> Iterator[Message]:
    yield from map(_message, read_utterances(ROOT / UTTERANCES, "test" if split == "test" else "dev"))


def _message(row: Utterance) -> Message:
    one_by_one = tuple(asked.intents[0] for asked in row.sub_queries)
    return Message((*row.before, row.text), row.intents, one_by_one, row.frame, row.lang == "ko")


def _strangers() -> Iterator[Message]:
    for line in STRANGERS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield Message(tuple(row["turns"]), frozenset(row["intents"]))


def _unspaced(message: Message) -> Message:
    *before, last = message.turns
    return replace(message, turns=(*before, last.replace(" ", "")))


def hear(messages: Sequence[Message], reader: Reader) -> list[Heard]:
    """Understand every message with a reader."""
    return [_heard(message, reader) for message in messages]


def _heard(message: Message, reader: Reader) -> Heard:
    asked = understand([Turn(text) for text in message.turns], reader).sub_queries
    every = frozenset(intent for query in asked for intent in query.intents)
    return Heard(message, every - {GENERAL} or every, tuple(frozenset(query.intents) for query in asked))


def _line(name: str, heard: Sequence[Heard]) -> None:
    cut = f"  cut {_share(heard, lambda one: one.cut)}" if heard and heard[0].message.one_by_one else ""
    _say(f"{name:48} n {len(heard):4}  exact {_share(heard, lambda one: one.exact)}{cut}")


def _share(heard: Sequence[Heard], holds: Callable[[Heard], bool]) -> str:
    """Return the share of messages and its interval; rows of one frame are drawn together."""
    frames: defaultdict[str, list[bool]] = defaultdict(list)
    for number, one in enumerate(heard):
        frames[one.message.frame or str(number)].append(holds(one))
    hits = np.array([sum(held) for held in frames.values()])
    rows = np.array([len(held) for held in frames.values()])
    if (rows == 1).all():
        low, high = wilson(int(hits.sum()), len(heard))
    else:
        drawn = np.random.default_rng(SEED).multinomial(len(rows), np.full(len(rows), 1 / len(rows)), RESAMPLES)
        low, high = np.quantile((drawn @ hits) / (drawn @ rows), (0.025, 0.975))
    return f"{hits.sum() / rows.sum():.3f} [{low:.3f}, {high:.3f}]"


def _by_intent(heard: Sequence[Heard]) -> None:
    for intent in LABELS:
        meant = [one for one in heard if intent in one.message.intents]
        said = [one for one in heard if intent in one.intents]
        hits = sum(intent in one.intents for one in meant)
        _say(f"{intent:20} recall {_of(hits, len(meant))}  precision {_of(hits, len(said))}")


def _of(hits: int, of: int) -> str:
    low, high = wilson(hits, of) if of else (0.0, 1.0)
    return f"{hits / of if of else 0.0:.3f} [{low:.3f}, {high:.3f}] of {of:3}"


def _say(line: str) -> None:
    print(line)  # noqa: T201


if __name__ == "__main__":
    main()
