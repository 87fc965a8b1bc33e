"""An index <-> the files of one generation. Arrays are mapped and passages read when asked for, so opening is cheap.

The files hold no times and no places, and their order is fixed: equal knowledge gives equal bytes.
"""

from __future__ import annotations

import hashlib
import json
import mmap
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, overload

import numpy as np

from kb.documents import Amendment, Document, IndexMissing, Passage
from kb.index import FORMAT, Index, Manifest, Model
from kb.intact import check, seal
from kb.ports import Numbers
from kb.segment import Segment
from kb.vocabulary import Vocabulary

# A question looks at a passage several times.
_REMEMBERED = 256
_ARRAYS = ("starts", "numbers", "counts", "lengths")


class StoredPassages(Sequence[Passage]):
    """The passages of a generation, read one at a time from a file of JSON lines; the last few are remembered."""

    def __init__(self, lines: bytes | mmap.mmap, ends: Numbers, documents: Sequence[Document], starts: Numbers) -> None:
        self._lines = lines
        self._ends = ends
        self._documents = documents
        self._starts = starts
        self._read = lru_cache(_REMEMBERED)(self._parsed)

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, place: int) -> Passage: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Passage]: ...
    def __getitem__(self, place: int | slice) -> Passage | Sequence[Passage]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        if not 0 <= place < len(self):
            raise IndexError(f"passage {place} of {len(self)}")
        return self._read(place)

    def _parsed(self, place: int) -> Passage:
        document = self._documents[int(np.searchsorted(self._starts, place, side="right")) - 1]
        own = self._row(place)
        return Passage(path=document.path, kind=document.kind, title=document.title, doc_id=document.doc_id, **own)

    def _row(self, place: int) -> dict[str, Any]:
        start = int(self._ends[place - 1]) if place else 0
        try:
            row: dict[str, Any] = json.loads(str(self._lines[start : int(self._ends[place])], "utf-8"))
        except ValueError as error:
            raise IndexMissing(f"the index is damaged (passage {place}: {error}); run `kb index --anew`") from error
        return row


class _OtherFormat(IndexMissing):
    """Whole, but written by another version."""


def save(index: Index, folder: Path) -> None:
    """Write an index into an empty folder."""
    _write_json(folder / "manifest.json", asdict(index.manifest))
    _write_json(folder / "documents.json", [asdict(replace(document, passages=())) for document in index.documents])
    with (folder / "passages.jsonl").open("wb") as file:
        sizes = [file.write(_line(passage)) for passage in index.passages]
    _save_array(folder, "passage_ends", np.cumsum(sizes, dtype=np.int64))
    _save_array(folder, "document_starts", index.starts)
    (folder / "terms.txt").write_bytes(index.segment.vocabulary.blob)
    _save_array(folder, "term_ends", index.segment.vocabulary.ends)
    for name in _ARRAYS:
        _save_array(folder, f"posting_{name}", getattr(index.segment, name))
    if index.vectors is not None:
        _save_array(folder, "vectors", index.vectors)
    seal(folder)


def load(folder: Path, *, whole: bool = False) -> Index:
    """Open an index; what it holds stays readable after the folder is removed.

    Args:
        folder: of one generation.
        whole: compare every byte with its checksum, also of large files that nothing has touched; for whoever builds
            upon it, since a wrong number would be handed on.

    Raises:
        FileNotFoundError: a file is gone; perhaps the whole folder, since a newer generation was published.
        IndexMissing: a file is not what it should be, or cannot be read.
    """
    try:
        check(folder, whole=whole)
        return _load(folder)
    except (FileNotFoundError, _OtherFormat):
        raise
    except (ValueError, LookupError, TypeError, AttributeError, EOFError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise IndexMissing(f"the index in {folder} is damaged ({reason}); run `kb index`") from error


def _load(folder: Path) -> Index:
    manifest = read_manifest(folder)
    documents = tuple(_document(row) for row in json.loads((folder / "documents.json").read_bytes()))
    starts = _array(folder, "document_starts")
    lines = _mapped(folder / "passages.jsonl")
    vocabulary = Vocabulary(_mapped(folder / "terms.txt"), _array(folder, "term_ends"))
    return Index(
        manifest=manifest,
        documents=documents,
        passages=StoredPassages(lines, _array(folder, "passage_ends"), documents, starts),
        starts=starts,
        segment=Segment(vocabulary, *(_array(folder, f"posting_{name}") for name in _ARRAYS)),
        # By the manifest: a file that is missing must not pass for an index without vectors.
        vectors=_array(folder, "vectors") if manifest.model else None,
    )


def digest(folder: Path) -> str:
    """SHA-256 over the bytes of a generation; derived stores (folders inside) are not counted."""
    total = hashlib.sha256()
    for file in sorted(path for path in folder.iterdir() if path.is_file()):
        total.update(f"{file.name} {file.stat().st_size}\n".encode())
        total.update(file.read_bytes())
    return total.hexdigest()


def _line(passage: Passage) -> bytes:
    own = {
        "id": passage.id,
        "line_start": passage.line_start,
        "line_end": passage.line_end,
        "heading": passage.heading,
        "text": passage.text,
    }
    return json.dumps(own, ensure_ascii=False).encode() + b"\n"


def read_manifest(folder: Path) -> Manifest:
    """What a generation was made of, without the rest of it.

    Raises:
        OSError, ValueError, KeyError: there is none, or it is damaged.
    """
    return _manifest(json.loads((folder / "manifest.json").read_bytes()))


def _manifest(row: Mapping[str, Any]) -> Manifest:
    if row["format"] != FORMAT:
        raise _OtherFormat(f"the index is of format {row['format']}, this version reads {FORMAT}; run `kb index`")
    return Manifest(**{**row, "model": Model(**row["model"]) if row["model"] else None})


def _document(row: Mapping[str, Any]) -> Document:
    parsed: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    for key in ("amends", "amended_by"):
        parsed[key] = tuple(Amendment(**amendment) for amendment in row[key])
    return Document(**parsed)


def _write_json(file: Path, value: object) -> None:
    file.write_text(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str), encoding="utf-8")


def _save_array(folder: Path, name: str, array: np.ndarray[Any, Any]) -> None:
    np.save(folder / f"{name}.npy", np.ascontiguousarray(array))


def _array(folder: Path, name: str) -> Any:
    return np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r"))


def _mapped(file: Path) -> bytes | mmap.mmap:
    """Map a file; an empty one cannot be mapped."""
    with file.open("rb") as handle:
        return mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) if file.stat().st_size else b""
