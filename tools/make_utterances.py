"""Write `datasets/intents/{train,dev,test}.jsonl`: every authored frame, filled and typed as people type.

`python -m tools.make_utterances` writes the same rows on every machine; `--check` only says whether they are current.
A row's split is its frame's, and its fillers are of that split too. `test` is sealed by `datasets/intents/FROZEN`: when
the rules get new names its rows would be others, so they are left as they were written.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from random import Random

from eco2.language import tidy
from eco2.phrases import with_josa
from eco2.utterances import SPLITS, Asked, Utterance, row_of
from kb.app import open_workspace, rulebook
from tools.fillers import Families, Filler, families, split_of
from tools.frames import SLOT, Frame, read_frames
from tools.slips import SLIPS

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "datasets" / "intents"
FROZEN = FOLDER / "FROZEN"
_FILLINGS = 6
_KO_SLIPS = ("plain", "unmarked", "plain", "typo", "chat", "few-spaces")
_EN_SLIPS = ("plain", "unmarked", "plain", "typo", "chat", "unmarked")
_SHORT_SLIPS = ("plain", "unmarked", "chat")
_EVERY_UNSPACED = 8
_PRONOUN = re.compile(r"\(이\)(?:랑|나)")


def utterances() -> Iterator[Utterance]:
    """Yield the rows in the order of the frames."""
    frames, authored = read_frames()
    known = families(rulebook(open_workspace(ROOT)), ROOT, authored)
    for frame in frames:
        split = frame.split or split_of(frame.id)
        seen: set[str] = set()
        for number, slip in enumerate(_slips(frame), start=1):
            row = _row(frame, number, slip, known, split)
            if row.text not in seen:
                seen.add(row.text)
                yield row


def _slips(frame: Frame) -> tuple[str, ...]:
    if not frame.slots:
        return _SHORT_SLIPS
    slips = _KO_SLIPS if frame.lang == "ko" else _EN_SLIPS
    unspaced = frame.lang == "ko" and len(frame.parts) == 1 and _hashed(frame.id) % _EVERY_UNSPACED == 0
    return (*slips, "unspaced") if unspaced else slips


def _row(frame: Frame, number: int, slip: str, known: Families, split: str) -> Utterance:
    row_id = f"{frame.id}-{number}"
    chance = Random(row_id)
    chosen = _fill(frame, known, split, chance)
    words = {slot: chance.choice(filler.names) for slot, filler in chosen.items()}
    parts = [_said(part, words) for part in frame.parts]
    typed = tidy(SLIPS[slip](" ".join(parts), chance))
    asked = tuple(Asked(part, (intent,)) for part, intent in zip(parts, frame.intents, strict=True))
    return Utterance(
        row_id, split, typed, frame.lang, asked, frame.id,  # type: ignore[arg-type]
        tuple(_said(text, words) for text in frame.before),
        tuple(filler.id for filler in chosen.values()),
        frame.tags if slip == "plain" else (*frame.tags, slip),
    )  # fmt: skip


def _fill(frame: Frame, known: Families, split: str, chance: Random) -> Mapping[str, Filler]:
    """Choose a filler of the split for every slot, no filler twice."""
    chosen: dict[str, Filler] = {}
    for slot in ("item", *(slot for slot in frame.slots if slot != "item")):
        if slot in frame.slots:
            chosen[slot] = chance.choice(_candidates(slot, frame, known, split, chosen))
    return chosen


def _candidates(slot: str, frame: Frame, known: Families, split: str, chosen: Mapping[str, Filler]) -> list[Filler]:
    family = "item" if slot in ("same", "other") else slot.rstrip("2")
    group = chosen["item"].group if slot in ("same", "other") else ""
    free = [one for one in known[family, frame.lang] if one.split == split and one not in chosen.values()]
    if slot == "same":
        free = [one for one in free if one.group == group]
    if slot == "other":
        free = [one for one in free if one.group != group]
    if slot == "item" and "same" in frame.slots:
        groups = [one.group for one in free]
        free = [one for one in free if groups.count(one.group) > 1]
    if not free:
        raise ValueError(f"frame {frame.id}: no {slot} left in {split}; add a filler or move the frame")
    return free


def _said(text: str, words: Mapping[str, str]) -> str:
    filled = SLOT.sub(lambda match: words[match[1] + match[2]], text)
    return with_josa(_PRONOUN.sub(_linked, filled))


def _linked(match: re.Match[str]) -> str:
    """Return 이랑 or 랑, 이나 or 나, by the sound before it."""
    topic = with_josa(f"{match.string[: match.start()]}은(는)")[-1]
    return f"이{match[0][-1]}" if topic == "은" else match[0][-1]


def _hashed(name: str) -> int:
    return int(sha256(name.encode()).hexdigest(), 16)


def main() -> None:
    """Write the three files, or compare them; nothing is written where the sealed test rows would change."""
    files: dict[str, str] = dict.fromkeys(SPLITS, "")
    for utterance in utterances():
        files[utterance.split] += json.dumps(row_of(utterance), ensure_ascii=False) + "\n"
    seal = _seal()
    if seal not in ("", sha256(files["test"].encode()).hexdigest()):
        sys.exit(f'{FROZEN}: the test rows would change and are sealed; give new frames to train (split = "train")')
    for split, text in files.items():
        path = FOLDER / f"{split}.jsonl"
        if "--check" in sys.argv[1:] and path.read_text(encoding="utf-8") != text:
            sys.exit(f"{path} is not what its frames give; run python -m tools.make_utterances")
        path.write_text(text, encoding="utf-8")


def _seal() -> str:
    return FROZEN.read_text(encoding="utf-8").split()[0] if FROZEN.exists() else ""


if __name__ == "__main__":
    main()
