"""Web pages and pictures: found pages newest first, each dated and quoted; a picture where one can be made."""

from __future__ import annotations

import re
from collections.abc import Sequence

from eco2.agents.near import stamp
from eco2.agents.row import Sources
from eco2.agents.waste import subjects_of
from eco2.cues import ASPECTS
from eco2.evidence import fact_evidence, fact_id, rule_statement, rules_evidence
from eco2.outside import Found, WebPage
from eco2.patterns import which
from eco2.phrases import say
from eco2.route import explain
from eco2.select_rules import select
from eco2.tables import question
from eco2.turns import Finding, Statement, Task
from kb.rulebook import Rule

MOST_PAGES = 3
_ADDRESS, _OPENS = question("web_address"), question("open_address")
_PRIVATE = re.compile(r"블로그|카페\s*글|blog", re.IGNORECASE)


def web_search(task: Task, sources: Sources) -> Finding:
    """Answer with what pages say, newest first, a private page followed by the rule; no address is opened."""
    query = _ADDRESS.sub(" ", task.text).strip()
    if query != task.text.strip() and (_OPENS.search(query) or not explain(query.lower(), "web_search")):
        return Finding("web_search", task.index, "unknown", (say("web_address"),))
    pages = sorted(sources.outside.pages(query)[:MOST_PAGES], key=lambda page: page.fact.published, reverse=True)
    if not pages:
        return Finding(
            "web_search",
            task.index,
            "unknown",
            (say("web_none", query=query.strip("?！!. ")),),
            recorded_at=sources.outside.recorded_at,
        )
    said = [quoted(page) for page in pages]
    rules = _rules_against(task, pages, sources)
    head = [_stamp(pages[0].recorded_at)] if pages[0].recorded_at else []
    less = sources.outside.degraded(pages[0].path)
    head += [say("web_other_provider")] if less else []
    conflict = [say("web_against_rules")] if rules else []
    evidence = tuple(fact_evidence(page, line.text_ko, line.text_en) for page, line in zip(pages, said, strict=True))
    statements = (*head, *said, *conflict, *(rule_statement(rule) for rule in rules))
    passages = (*evidence, *rules_evidence(rules))
    return Finding(
        "web_search", task.index, "answered", statements, passages, pages[0].recorded_at, degraded=_marked(less)
    )


def no_web(task: Task, sources: Sources) -> Finding:
    return Finding(
        "web_search", task.index, "unknown", (say("web_no_source"),), degraded=("web_search: no live source",)
    )


def image_generation(task: Task, sources: Sources) -> Finding:
    """Give a picture that fits the words, with its caption and address."""
    found = sources.outside.image(task.text)
    if found is None:
        return Finding(
            "image_generation", task.index, "unknown", (say("image_none"),), recorded_at=sources.outside.recorded_at
        )
    image = found.fact
    statement = Statement(f"{image.caption_ko} ({image.path})", f"{image.caption_en} ({image.path})", fact_id(found))
    evidence = (fact_evidence(found, statement.text_ko, statement.text_en),)
    less = sources.outside.degraded(found.path)
    said = (*stamp(found.recorded_at), *([say("image_other_provider")] if less else []), statement)
    marked = _marked(less, "image_generation")
    return Finding("image_generation", task.index, "answered", said, evidence, found.recorded_at, degraded=marked)


def no_image(task: Task, sources: Sources) -> Finding:
    return Finding(
        "image_generation",
        task.index,
        "unknown",
        (say("image_no_source"),),
        degraded=("image_generation: no live source",),
    )


def quoted(page: Found[WebPage]) -> Statement:
    """Return what a page says, with its title and, where it is known, its date."""
    fact = page.fact
    day = f"{fact.published} " if fact.published else ""
    return Statement(
        f"{day}‘{fact.title}’: {fact.snippet_ko}", f"{day}‘{fact.title}’: {fact.snippet_en}", fact_id(page)
    )


def _marked(less: str, agent: str = "web_search") -> tuple[str, ...]:
    return (f"{agent}: {less}",) if less else ()


def _stamp(recorded_at: str | None) -> Statement:
    day = (recorded_at or "")[:10]
    return Statement(f"{day}에 기록해 둔 검색 결과예요.", f"These are search results recorded on {day}.")


def _rules_against(task: Task, pages: Sequence[Found[WebPage]], sources: Sources) -> list[Rule]:
    """Return what the rules say of the side that a private page speaks of, so that the two can be told apart."""
    private = [page.fact for page in pages if _PRIVATE.search(page.fact.title)]
    if not private:
        return []
    text = f"{task.text} {private[0].title} {private[0].snippet_ko}"
    chosen = (
        select(sources.rules, subject, which(ASPECTS, private[0].snippet_ko))
        for subject in subjects_of(sources.named(text), sources)[:1]
    )
    return [rule for selection in chosen for rule in (selection.asked or tuple(filter(None, (selection.main,))))[:1]]
