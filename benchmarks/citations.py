"""Measure `kb cite verify` on mutated files: `python -m benchmarks.citations`.

With SHARED_DATA on real documents, else on this repository's decisions. Each round cites lines of one file, changes
that file or what is around it in one way, and compares the verdict with what was done. A false "ok" is a verdict ok
where the lines at the place are not the quoted ones byte for byte, line ends aside.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb import app
from kb.app import Settings
from kb.app_contents import parsed
from kb.citations import Citations
from kb.cite import quote_hash
from kb.generations import Generations
from kb.places import index_home
from kb.verify import Check

REPOSITORY = Path(__file__).resolve().parents[1]
VERDICTS = ("ok", "moved", "edited", "gone", "unverified")
FILES = 120
BASES = ("pin", "quote", "commit", "index")


@dataclass(frozen=True)
class Cited:
    """Lines `first` to `last` of a file as they were cited."""

    path: str
    first: int
    last: int
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What was right to say and what was said; `stands`: the cited lines are still in their place."""

    mutation: str
    basis: str
    expected: str
    verdict: str
    stands: bool
    seconds: float


Change = Callable[[Path, Cited, random.Random], None]
LineChange = Callable[[list[str], Cited, random.Random], list[str]]


@dataclass(frozen=True)
class Mutation:
    """A change to a workspace; `expected` is what then is right to say, "" where the lines themselves decide it."""

    name: str
    expected: str
    apply: Change


def split(content: bytes) -> list[str]:
    """The lines of a file by CRLF, LF and CR alone, each byte one character: shares no code with what is measured."""
    text = content.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n")
    return (text[:-1] if text.endswith("\n") else text).split("\n")


def still_stands(root: Path, cited: Cited) -> bool:
    """The oracle of "ok": the same bytes on the same lines."""
    file = root / cited.path
    if not file.is_file():
        return False
    here = split(file.read_bytes())[cited.first - 1 : cited.last]
    return here == [line.encode().decode("latin-1") for line in cited.lines]


def stands_somewhere(root: Path, cited: Cited) -> bool:
    """The oracle of "moved": the same lines, one after the other, in any file but the one that cites."""
    wanted = "\n" + "\n".join(line.encode().decode("latin-1") for line in cited.lines) + "\n"
    files = (file for file in root.rglob("*.md") if file.is_file() and file.name != "citing.md")
    return any(wanted in "\n".join(["", *split(file.read_bytes()), ""]) for file in files)


def _lines(
    change: Callable[[list[str], Cited, random.Random], list[str]],
) -> Change:
    """A mutation of a file's lines, line feeds kept."""

    def apply(root: Path, cited: Cited, dice: random.Random) -> None:
        file = root / cited.path
        lines = file.read_bytes().decode().replace("\r\n", "\n").split("\n")
        file.write_bytes("\n".join(change(lines, cited, dice)).encode())

    return apply


def _on_one(change: Callable[[str, random.Random], str]) -> Change:
    """A mutation of one cited line that has letters."""

    def apply(lines: list[str], cited: Cited, dice: random.Random) -> list[str]:
        worded = [n for n in range(cited.first - 1, cited.last) if any(map(str.isalpha, lines[n]))]
        place = dice.choice(worded)
        return [*lines[:place], change(lines[place], dice), *lines[place + 1 :]]

    return _lines(apply)


def _bytes(change: Callable[[bytes], bytes]) -> Change:
    def apply(root: Path, cited: Cited, dice: random.Random) -> None:
        file = root / cited.path
        file.write_bytes(change(file.read_bytes()))

    return apply


def _crlf(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _insert(text: str) -> Callable[[str, random.Random], str]:
    def change(line: str, dice: random.Random) -> str:
        place = dice.randint(0, len(line))
        return line[:place] + text + line[place:]

    return change


def _delete(line: str, dice: random.Random) -> str:
    place = dice.randrange(len(line))
    return line[:place] + line[place + 1 :]


def _replace(line: str, dice: random.Random) -> str:
    place = dice.randrange(len(line))
    return line[:place] + ("y" if line[place] == "x" else "x") + line[place + 1 :]


def _reordered(lines: list[str], cited: Cited, dice: random.Random) -> list[str]:
    block = lines[cited.first - 1 : cited.last]
    return [*lines[: cited.first - 1], *block[::-1], *lines[cited.last :]]


def _others(root: Path, cited: Cited) -> list[Path]:
    return [file for file in sorted((root / "docs").glob("*.md")) if file != root / cited.path]


def _rename(root: Path, cited: Cited, dice: random.Random) -> None:
    (root / "moved").mkdir(exist_ok=True)
    (root / cited.path).rename(root / "moved" / "renamed.md")


def _rename_and_edit(root: Path, cited: Cited, dice: random.Random) -> None:
    _on_one(_insert("zz"))(root, cited, dice)
    _rename(root, cited, dice)


def _swap(root: Path, cited: Cited, dice: random.Random) -> None:
    one, other = root / cited.path, dice.choice(_others(root, cited))
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)


def _overwrite(root: Path, cited: Cited, dice: random.Random) -> None:
    (root / cited.path).write_bytes(b"# Another page\n\n" + b"Nothing of it is left.\n" * 400)


def _to_folder(root: Path, cited: Cited, dice: random.Random) -> None:
    (root / cited.path).unlink()
    (root / cited.path).mkdir()


def _to_other_file(root: Path, cited: Cited, dice: random.Random) -> None:
    other = dice.choice(_others(root, cited))
    other.write_bytes(other.read_bytes().rstrip(b"\n") + b"\n\n" + "\n".join(cited.lines).encode() + b"\n")
    _lines(lambda lines, _, __: [*lines[: cited.first - 1], *lines[cited.last :]])(root, cited, dice)


def _link_away(root: Path, cited: Cited, dice: random.Random) -> None:
    """The same content behind a link that leads out of the workspace."""
    away = root.parent / "away.md"
    shutil.copy(root / cited.path, away)
    (root / cited.path).unlink()
    (root / cited.path).symlink_to(away)


MUTATIONS = (
    Mutation("nothing", "ok", lambda root, cited, dice: None),
    Mutation("line ends to CRLF", "ok", _bytes(_crlf)),
    Mutation("line feed at the end", "ok", _bytes(lambda content: content.removesuffix(b"\n"))),
    Mutation("append a line", "ok", _lines(lambda lines, _, __: [*lines, "One more line at the end."])),
    Mutation("insert a character", "edited", _on_one(_insert("x"))),
    Mutation("delete a character", "edited", _on_one(_delete)),
    Mutation("replace a character", "edited", _on_one(_replace)),
    Mutation("trailing space", "edited", _on_one(lambda line, _: f"{line} ")),
    Mutation("tab in front", "edited", _on_one(lambda line, _: f"\t{line}")),
    Mutation("zero-width space", "edited", _on_one(_insert("\u200b"))),
    Mutation("line separator", "edited", _on_one(_insert("\u2028"))),
    Mutation("form feed", "edited", _on_one(_insert("\f"))),
    Mutation("swap case", "", _on_one(lambda line, _: line.swapcase())),
    Mutation("decomposed Unicode", "", _on_one(lambda line, _: _decomposed(line))),
    Mutation("a letter's double", "", _on_one(lambda line, _: line.replace("a", "а", 1))),
    Mutation("a byte that is no UTF-8", "edited", lambda root, cited, dice: _break_byte(root, cited)),
    Mutation("another encoding", "", _bytes(lambda content: content.decode().encode("utf-16"))),
    Mutation("byte order mark", "", _bytes(lambda content: b"\xef\xbb\xbf" + content)),
    Mutation("replace a line", "edited", _on_one(lambda line, _: "Quite another sentence stands here now.")),
    Mutation("reorder the lines", "", _lines(_reordered)),
    Mutation("insert lines above", "moved", _lines(lambda lines, _, __: ["A line.", "And one more.", *lines])),
    Mutation("front matter", "moved", _lines(lambda lines, _, __: ["---", "reviewed: 2026-01-01", "---", *lines])),
    Mutation("duplicate the block above", "ok", _lines(lambda lines, c, _: [*lines[: c.last], *lines[c.first - 1 :]])),
    Mutation("move to the end", "moved", _lines(lambda ls, c, _: [*ls[: c.first - 1], *ls[c.last :], *c.lines])),
    Mutation("move to another file", "moved", _to_other_file),
    Mutation("rename", "moved", _rename),
    Mutation("swap two files", "moved", _swap),
    Mutation("rename and edit", "edited", _rename_and_edit),
    Mutation("delete the lines", "gone", _lines(lambda lines, c, _: [*lines[: c.first - 1], *lines[c.last :]])),
    Mutation("truncate before them", "gone", _lines(lambda lines, c, _: lines[: c.first - 1])),
    Mutation("empty the file", "gone", _bytes(lambda _: b"")),
    Mutation("overwrite the file", "gone", _overwrite),
    Mutation("delete the file", "gone", lambda root, cited, _: (root / cited.path).unlink()),
    Mutation("a folder in its place", "gone", _to_folder),
    Mutation("a link that leads out", "gone", _link_away),
)  # fmt: skip


def _decomposed(line: str) -> str:
    return unicodedata.normalize("NFD", line)


def _break_byte(root: Path, cited: Cited) -> None:
    file = root / cited.path
    lines = file.read_bytes().split(b"\n")
    lines[cited.last - 1] += b"\xff"
    file.write_bytes(b"\n".join(lines))


def pick(path: str, content: bytes, dice: random.Random) -> Cited | None:
    """Some lines of a file that say something; None for a file without."""
    lines = content.decode().replace("\r\n", "\n").removesuffix("\n").split("\n")
    worded = [n for n, line in enumerate(lines, start=1) if sum(map(str.isalpha, line)) >= 12]
    if not worded:
        return None
    first = dice.choice(worded)
    last = min(first + dice.choice((0, 0, 1, 3, 8)), len(lines))
    return Cited(path, first, last, tuple(lines[first - 1 : last]))


def citation(cited: Cited, basis: str) -> str:
    """A citing text of each kind."""
    place = f"{cited.path}:{cited.first}-{cited.last}"
    if basis == "pin":
        return f"As said in {place}@{quote_hash(cited.lines)[:12]}.\n"
    if basis == "quote":
        text = "\n".join(cited.lines)
        return json.dumps({"path": cited.path, "line_start": cited.first, "line_end": cited.last, "text": text}) + "\n"
    return f"As said in {place}.\n"


def expected(mutation: Mutation, root: Path, cited: Cited) -> str:
    """What is right to say: the lines decide "ok" and "moved", the mutation tells edited from gone."""
    if (root / cited.path).is_symlink():
        return "gone"
    if still_stands(root, cited):
        return "ok"
    if stands_somewhere(root, cited):
        return "moved"
    return mutation.expected if mutation.expected in {"edited", "gone"} else "edited"


def workspace(root: Path, documents: Sequence[bytes]) -> None:
    """A git workspace that holds documents as docs/N.md."""
    (root / "docs").mkdir(parents=True)
    (root / "kb.toml").write_text('[kb]\nembedder = "none"\nsources = ["docs"]\n')
    for number, content in enumerate(documents):
        (root / "docs" / f"{number}.md").write_bytes(content)
    git(root, "init", "-q")


def git(root: Path, *words: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "core.autocrlf=false")
    subprocess.run(["git", "-C", str(root), *who, *words], check=True, capture_output=True)


def check(root: Path, environ: Mapping[str, str]) -> Check:
    """Verify the one citation of `citing.md`."""
    opened = app.open_workspace(root, environ)
    generations = Generations(index_home(opened, Settings.from_env(environ).cache))
    (found,) = Citations(opened, lambda sources: parsed(sources)[0], generations).verify(root / "citing.md")
    return found


def measure(root: Path, documents: Sequence[bytes], dice: random.Random) -> list[Outcome]:
    """Every mutation of one document, seen from every basis."""
    workspace(root, documents)
    environ = {"HOME": str(root.parent)}
    cited = pick("docs/0.md", documents[0], dice)
    if cited is None:
        return []
    outcomes: list[Outcome] = []
    for basis in BASES:
        (root / "citing.md").write_text(citation(cited, basis), encoding="utf-8")
        if basis == "commit":
            git(root, "add", "citing.md", "docs", "kb.toml")
            git(root, "commit", "-qm", "x")
        if basis == "index":
            git(root, "rm", "-q", "--cached", "citing.md")
            app.index(app.open_workspace(root, environ), environ)
            (root / "citing.md").touch()
        for mutation in MUTATIONS:
            seed = dice.random()
            outcomes.append(_outcome(root, environ, cited, basis, mutation, random.Random(seed)))
            _restore(root, documents)
    return outcomes


def _outcome(
    root: Path, environ: Mapping[str, str], cited: Cited, basis: str, mutation: Mutation, dice: random.Random
) -> Outcome:
    mutation.apply(root, cited, dice)
    started = time.perf_counter()
    found = check(root, environ)
    seconds = time.perf_counter() - started
    right = expected(mutation, root, cited)
    return Outcome(mutation.name, basis, right, found.verdict or "unverified", still_stands(root, cited), seconds)


def _restore(root: Path, documents: Sequence[bytes]) -> None:
    shutil.rmtree(root / "docs")
    shutil.rmtree(root / "moved", ignore_errors=True)
    (root / "docs").mkdir()
    for number, content in enumerate(documents):
        (root / "docs" / f"{number}.md").write_bytes(content)


def corpus(dice: random.Random, files: int) -> list[list[bytes]]:
    """Groups of documents: the cited one first, then four that stand around it."""
    shared = os.environ.get("SHARED_DATA")
    folder = Path(shared, "eco2_docs", "files") if shared else REPOSITORY / "adr"
    documents = [content for file in sorted(folder.rglob("*.md")) if len(content := file.read_bytes()) > 400]
    chosen = dice.sample(documents, min(files, len(documents)))
    return [[document, *dice.sample([other for other in documents if other != document], 4)] for document in chosen]


def report(outcomes: Sequence[Outcome]) -> None:
    """Print the confusion matrix of each basis, what went wrong, and the false ones."""
    for basis in BASES:
        own = [outcome for outcome in outcomes if outcome.basis == basis]
        counts = Counter((outcome.expected, outcome.verdict) for outcome in own)
        right = sum(outcome.expected == outcome.verdict for outcome in own)
        median = sorted(outcome.seconds for outcome in own)[len(own) // 2]
        _say(f"\n{basis}: {right / len(own):.3f} right of {len(own):,}, median {median * 1000:.0f} ms")
        _say(f"{'':>18}" + "".join(f"{word:>12}" for word in VERDICTS))
        for word in VERDICTS[:-1]:
            _say(f"{'is ' + word:>18}" + "".join(f"{counts[word, said]:>12,}" for said in VERDICTS))
    wrong = Counter((o.mutation, o.basis, o.expected, o.verdict) for o in outcomes if o.expected != o.verdict)
    _say("\nmost frequent differences")
    for (mutation, basis, right_one, said), count in wrong.most_common(12):
        _say(f"{count:>6,} {mutation} ({basis}): is {right_one}, said {said}")
    false = sum(outcome.verdict == "ok" and not outcome.stands for outcome in outcomes)
    missed = sum(outcome.verdict != "ok" and outcome.expected == "ok" for outcome in outcomes)
    _say(f'\nfalse "ok": {false:,} of {len(outcomes):,}; not "ok" though nothing changed there: {missed:,}')


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=FILES)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    dice = random.Random(given.seed)
    outcomes: list[Outcome] = []
    for documents in corpus(dice, given.files):
        with tempfile.TemporaryDirectory() as folder:
            outcomes += measure(Path(folder) / "workspace", documents, dice)
    report(outcomes)


if __name__ == "__main__":
    main()
