"""The JSON shapes that others rely on: hits, results, citations (schemas in `kb/schemas/`), a harness's response."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from kb.cite import citation_of
from kb.context import Context
from kb.documents import Citation, Hit
from kb.search import SearchResult

_NO_ANSWER = {
    "ko": "이 지식베이스에는 이 질문에 답하는 문서가 없습니다.",
    "en": "No document of this knowledge base answers the question.",
}


def hit_shape(hit: Hit) -> dict[str, object]:
    """A hit as `kb search --json` prints it."""
    passage = hit.passage
    return {
        "id": passage.id,
        "citation": citation_of(passage),
        "path": passage.path,
        "line_start": passage.line_start,
        "line_end": passage.line_end,
        "doc_id": passage.doc_id,
        "kind": passage.kind,
        "status": hit.status,
        "title": passage.title,
        "heading": passage.heading,
        "score": hit.score,
        "legs": {"lexical": hit.lexical, "vector": hit.vector},
        "text": passage.text,
        "also_at": list(hit.also_at),
        "successor_of": list(hit.successor_of),
        "superseded_by": list(hit.superseded_by),
        "amended_by": [asdict(amendment) for amendment in hit.amended_by],
        "changed_since_index": hit.changed_since_index,
    }


def result_shape(result: SearchResult) -> dict[str, object]:
    """A search result as `kb search --json` prints it."""
    return {
        "query": result.query,
        "answerable": result.answerable,
        "answer_score": result.answer_score,
        "index_revision": result.index_revision,
        "hits": [hit_shape(hit) for hit in result.hits],
        "warnings": list(result.warnings),
        "expansions": [
            {"word": added.word, "texts": dict(added.texts), "source": added.source} for added in result.expansions
        ],
        "unmatched": list(result.unmatched),
    }


def citation_shape(citation: Citation) -> dict[str, object]:
    return asdict(citation)


def context_shape(context: Context) -> dict[str, object]:
    """A context as `kb context --json` prints it."""
    return {
        "query": context.query,
        "text": context.text,
        "tokens": context.tokens,
        "budget_tokens": context.budget_tokens,
        "nonce": context.nonce,
        "answerable": context.answerable,
        "citations": list(dict.fromkeys(citation_of(hit.passage) for hit in context.hits)),
        "hits": [hit_shape(hit) for hit in context.hits],
    }


def response_shape(result: SearchResult, timings_ms: Mapping[str, float]) -> dict[str, object]:
    """A search result as a harness expects it of a target: the hits' texts are the answer, each with its citation."""
    answer, citations = _quoted(result.hits) if result.answerable else (_declined(result.query), [])
    passages = [
        {key: shape[key] for key in ("id", "path", "line_start", "line_end", "text")} | {"agent": "search"}
        for shape in map(hit_shape, result.hits)
    ]
    return {
        **result_shape(result),
        "answer": answer,
        "passages": passages,
        "citations": citations,
        "timings_ms": dict(timings_ms),
    }


def _quoted(hits: Sequence[Hit]) -> tuple[str, list[dict[str, object]]]:
    text = ""
    citations: list[dict[str, object]] = []
    for hit in hits:
        passage = hit.passage
        text += f"{passage.text}\n"
        mark = f"[{citation_of(passage)}]"
        place = {"path": passage.path, "line_start": passage.line_start, "line_end": passage.line_end}
        citations.append({"id": citation_of(passage), **place, "span": [len(text), len(text) + len(mark)]})
        text += f"{mark}\n\n"
    return text.rstrip(), citations


def _declined(query: str) -> str:
    return _NO_ANSWER["ko" if any("가" <= character <= "힣" for character in query) else "en"]
