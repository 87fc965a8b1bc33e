"""Several models as one: who is asked, who is left and why, and streams that break off anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eco2.adapters.gemini import gemini
from eco2.adapters.http_model import HttpModel
from eco2.adapters.openai_compatible import openai_compatible
from eco2.adapters.openai_responses import openai_responses
from eco2.asking import until
from eco2.completions import Answered, Chunk, Refused, Switch, chunks_of
from eco2.compose import render
from eco2.fallback import CUT_OFF, Fallback
from eco2.live_text import LiveText
from eco2.policy import CallFailed, Deadline, Limits, RetryBudget, TimedOut
from eco2.ports import Completion, LanguageModel, Prompt
from eco2.prompts import compose_prompt
from eco2.switching import reason_in_a_stream, silent
from eco2.turns import Evidence, ModelError, SettingsError
from tests.eco2.wire_server import MODEL, Reply, WireServer, wire_server

COMPOSE = compose_prompt({"language": "ko", "findings": []})
Drafted = dict[str, list[list[dict[str, object]]]]
DRAFT: Drafted = {
    "paragraphs": [
        [{"citations": ["rule:cap"], "text": "뚜껑은 닫으세요."}, {"citations": ["rule:gone"], "text": "지어낸 말."}],
        [{"citations": [], "text": "잘했어요! 😀"}],
    ]
}
OTHER: Drafted = {"paragraphs": [[{"citations": ["rule:cap"], "text": "뚜껑을 닫아서 내놓으세요."}]]}
ANSWER, OTHER_ANSWER = (json.dumps(one, ensure_ascii=False) for one in (DRAFT, OTHER))
EVIDENCE = [Evidence("rule:cap", "rules.yaml", 1, 2, "cap")]
PIECES = [ANSWER[start : start + 9] for start in range(0, len(ANSWER), 9)]
QUICK = Limits(timeout_s=5.0, retries=0, threshold=3, recovery_s=30.0, backoff_s=0.0)
DOWN = Reply(status=500)


@dataclass
class Scripted:
    """A model that does what its script says: answers, errors, and chunks with an error among them."""

    name: str
    script: list[object]
    asked: int = 0

    def complete(self, prompt: Prompt) -> Completion:
        self.asked += 1
        step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(step, Exception):
            raise step
        assert isinstance(step, dict)
        return Answered(step, self.name)


@dataclass
class Clock:
    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture(scope="module")
def first() -> Iterator[WireServer]:
    with wire_server() as one:
        yield one


@pytest.fixture(scope="module")
def second() -> Iterator[WireServer]:
    with wire_server() as one:
        yield one


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as one:
        yield one


@pytest.fixture(scope="module")
def pair(first: WireServer, second: WireServer, client: httpx.Client) -> list[HttpModel]:
    one = openai_responses(MODEL, "key", client, base_url=first.url)
    return [one, gemini(MODEL, "key", client, base_url=second.url)]


def fallback(models: Sequence[LanguageModel], limits: Limits = QUICK, clock: Clock | None = None) -> Fallback:
    clock = clock or Clock()
    return Fallback(models, limits, clock=clock, sleep=clock.sleep, jitter=lambda: 0.0)


def live(models: Sequence[LanguageModel], retries: int = 1) -> Fallback:
    """A fallback on the real clock, for models behind a socket."""
    return Fallback(models, Limits(5.0, retries, 3), sleep=lambda _: None)


def heard(chunks: Sequence[Chunk]) -> str:
    return "".join(chunk.text for chunk in chunks)


def completion_of(chunks: Sequence[Chunk]) -> Answered:
    assert isinstance(chunks[-1].completion, Answered)
    return chunks[-1].completion


def whole_text(draft: Drafted) -> str:
    return "".join(str(row["text"]) for paragraph in draft["paragraphs"] for row in paragraph)


def test_the_first_model_that_answers_answers_alone() -> None:
    one, two = Scripted("one", [DRAFT]), Scripted("two", [OTHER])

    completion = fallback([one, two]).complete(COMPOSE)

    assert (completion.output, completion.model, two.asked) == (DRAFT, "one", 0)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (CallFailed("one answered HTTP 429: slow down; try again"), "HTTP 429"),
        (CallFailed("one: the connection broke"), "cannot be reached"),
        (TimedOut("one", 3.0), "no answer in time"),
        (ModelError("one does understand, not compose"), "cannot do this"),
    ],
)
def test_who_was_left_and_why_is_told_in_our_own_words(error: Exception, reason: str) -> None:
    completion = fallback([Scripted("one", [error]), Scripted("two", [DRAFT])]).complete(COMPOSE)

    assert isinstance(completion, Answered)
    assert (completion.model, completion.switches) == ("two", (Switch("one", reason),))


def test_a_refusal_is_an_answer_and_nobody_else_is_asked() -> None:
    one, two = Scripted("one", [Refused("one", "SAFETY")]), Scripted("two", [DRAFT])
    both = fallback([one, two])

    with pytest.raises(Refused, match="SAFETY"):
        both.complete(COMPOSE)
    with pytest.raises(Refused, match="SAFETY"):
        list(both.stream(COMPOSE))

    assert two.asked == 0


def test_nobody_answers_is_one_line_with_every_reason() -> None:
    both = fallback([Scripted("one", [CallFailed("HTTP 500")]), Scripted("two", [TimedOut("two", 1.0)])])

    with pytest.raises(ModelError, match=r"one: HTTP 500; two: no answer in time"):
        both.complete(COMPOSE)
    with pytest.raises(ModelError, match=r"one: HTTP 500; two: no answer in time"):
        list(both.stream(COMPOSE))


def test_a_model_that_keeps_failing_is_not_asked_for_a_while() -> None:
    clock = Clock()
    one, two = Scripted("one", [CallFailed("HTTP 500")]), Scripted("two", [DRAFT])
    both = fallback([one, two], clock=clock)

    for _ in range(5):
        completion = both.complete(COMPOSE)
    asked_while_open = one.asked
    clock.now += 31
    both.complete(COMPOSE)

    assert isinstance(completion, Answered)
    assert completion.switches == (Switch("one", "failed repeatedly a moment ago"),)
    assert (asked_while_open, one.asked) == (3, 4)


def test_a_request_that_nobody_can_do_opens_no_breaker() -> None:
    one, two = Scripted("one", [ModelError("HTTP 400")]), Scripted("two", [DRAFT])
    both = fallback([one, two])

    for _ in range(10):
        both.complete(COMPOSE)

    assert one.asked == 10


def test_streams_that_break_off_open_the_breaker_although_each_began(
    pair: list[HttpModel], first: WireServer, second: WireServer
) -> None:
    first.then(Reply(ANSWER, pieces=PIECES, cut_after=0))
    second.then(Reply(ANSWER))
    both = live(pair, retries=0)

    for _ in range(5):
        completion = completion_of(list(both.stream(COMPOSE)))

    assert len(first.asked) == 3
    assert completion.switches == (Switch(pair[0].name, "failed repeatedly a moment ago"),)


def test_a_provider_is_given_the_pause_that_it_asks_for() -> None:
    clock = Clock()
    one = Scripted("one", [CallFailed("HTTP 429", retry_after_s=4.0), DRAFT])

    completion = fallback([one], Limits(10.0, 1, 5), clock).complete(COMPOSE)

    assert (completion.output, clock.slept) == (DRAFT, [4.0])


def test_a_pause_that_does_not_fit_the_turn_is_a_switch() -> None:
    clock = Clock()
    one, two = Scripted("one", [CallFailed("HTTP 429", retry_after_s=60.0)]), Scripted("two", [DRAFT])

    completion = fallback([one, two], Limits(10.0, 3, 5), clock).complete(COMPOSE)

    assert (completion.model, clock.slept, one.asked) == ("two", [], 1)


def test_retries_of_all_models_share_one_budget() -> None:
    clock = Clock()
    models = [Scripted(name, [CallFailed("HTTP 500")]) for name in ("one", "two", "three")]
    budget = RetryBudget(ratio=0.0, minimum=2, clock=clock)
    many = Fallback(models, Limits(60.0, 5, 99), budget=budget, clock=clock, sleep=clock.sleep, jitter=lambda: 0.0)

    with pytest.raises(ModelError):
        many.complete(COMPOSE)

    assert sum(model.asked for model in models) == 3 + 2


def test_a_turns_deadline_holds_for_all_models_together(
    pair: list[HttpModel], first: WireServer, second: WireServer
) -> None:
    first.then(Reply(ANSWER, stall_after=1))
    second.then(Reply(ANSWER, stall_after=1))
    late = live(pair).within(Deadline.after(0.3))

    with pytest.raises(ModelError, match=r"no answer in time.*no answer in time"):
        late.complete(COMPOSE)
    with pytest.raises(ModelError, match="no answer in time"):
        list(live(pair).within(Deadline.after(0.3)).stream(COMPOSE))


def test_the_embedded_model_answers_even_when_the_turn_is_over(pair: list[HttpModel], first: WireServer) -> None:
    first.then(Reply(ANSWER, stall_after=1))
    embedded = Scripted("offline", [DRAFT])
    late = live([pair[0], embedded]).within(Deadline.after(0.0))

    assert late.complete(COMPOSE).model == completion_of(list(late.stream(COMPOSE))).model == "offline"
    assert first.asked == []


def test_a_model_that_does_not_stream_is_told_in_whole_sentences() -> None:
    chunks = list(fallback([Scripted("one", [DRAFT])]).stream(COMPOSE))

    assert [chunk.text for chunk in chunks[:-1]] == ["뚜껑은 닫으세요.", "지어낸 말.", "잘했어요! 😀"]
    assert completion_of(chunks).output == DRAFT


def test_no_model_at_all_is_a_setting_to_mend() -> None:
    with pytest.raises(SettingsError, match="at least one"):
        Fallback([])


@pytest.mark.parametrize("clean", [True, False], ids=["closed", "torn"])
@pytest.mark.parametrize("after", range(len(PIECES) + 1))
def test_a_stream_cut_anywhere_loses_and_repeats_nothing_when_the_model_recovers(
    after: int, clean: bool, pair: list[HttpModel], first: WireServer, second: WireServer
) -> None:
    first.then(Reply(ANSWER, pieces=PIECES, cut_after=after, clean=clean), Reply(ANSWER))
    second.then(DOWN)

    chunks = list(live(pair).stream(COMPOSE))

    assert heard(chunks) == whole_text(DRAFT)
    assert completion_of(chunks).output == DRAFT
    assert second.asked == []


@pytest.mark.parametrize("after", range(len(PIECES) + 1))
def test_a_stream_cut_anywhere_goes_on_with_another_model_that_tells_the_same(
    after: int, pair: list[HttpModel], first: WireServer, second: WireServer
) -> None:
    first.then(Reply(ANSWER, pieces=PIECES, cut_after=after), DOWN)
    second.then(Reply(ANSWER))

    chunks = list(live(pair).stream(COMPOSE))

    assert heard(chunks) == whole_text(DRAFT)
    assert completion_of(chunks).model == pair[1].name
    assert {switch.provider for switch in completion_of(chunks).switches} == {pair[0].name}


@pytest.mark.parametrize("after", range(len(PIECES) + 1))
def test_a_stream_cut_anywhere_is_never_finished_in_other_words(
    after: int, pair: list[HttpModel], first: WireServer, second: WireServer
) -> None:
    first.then(Reply(ANSWER, pieces=PIECES, cut_after=after), DOWN)
    second.then(Reply(OTHER_ANSWER))
    whole, shown_before = whole_text(DRAFT), heard(_shown_of(PIECES[:after]))

    chunks = list(live(pair).stream(COMPOSE))

    told = heard(chunks)
    if _agrees(shown_before):
        assert told == whole_text(OTHER)
    else:
        assert told.removesuffix(CUT_OFF.text_ko).removesuffix("…") == shown_before
        assert whole.startswith(shown_before)
        assert told.endswith(CUT_OFF.text_ko)
        assert "broke off" in completion_of(chunks).cut
        assert Switch(pair[1].name, "would have told it differently") in completion_of(chunks).switches


@pytest.mark.parametrize("after", range(len(PIECES) + 1))
@pytest.mark.parametrize("second_answer", [ANSWER, OTHER_ANSWER, "no JSON", ANSWER[:40]])
def test_what_was_streamed_is_what_the_finished_answer_says(
    after: int, second_answer: str, pair: list[HttpModel], first: WireServer, second: WireServer
) -> None:
    first.then(Reply(ANSWER, pieces=PIECES, cut_after=after), DOWN)
    second.then(Reply(second_answer))
    screen = LiveText(EVIDENCE, "ko")

    try:
        chunks = list(live(pair).stream(COMPOSE))
    except ModelError:
        assert heard(_shown_of(PIECES[:after])) == ""
        return

    written = "".join(screen.write(chunk) for chunk in chunks) + screen.finish()
    assert written == render(completion_of(chunks).output, EVIDENCE, "ko").text
    assert "지어낸" not in written


def test_a_refusal_in_the_middle_ends_the_answer_and_asks_nobody_else(
    pair: list[HttpModel], second: WireServer
) -> None:
    @dataclass
    class Blocked(Scripted):
        def stream(self, prompt: Prompt) -> Iterator[Chunk]:
            yield Chunk("뚜껑은", citations=("rule:cap",))
            raise Refused(self.name, "content_filter")

    second.then(Reply(ANSWER))

    chunks = list(fallback([Blocked("one", [DRAFT]), pair[1]]).stream(COMPOSE))

    assert heard(chunks) == f"뚜껑은…{CUT_OFF.text_ko}"
    assert completion_of(chunks).switches == (Switch("one", "content_filter"),)
    assert second.asked == []


def test_a_note_is_in_the_language_of_the_answer(pair: list[HttpModel], first: WireServer, second: WireServer) -> None:
    first.then(Reply(ANSWER, pieces=PIECES, cut_after=8), DOWN)
    second.then(DOWN)

    chunks = list(live(pair).stream(compose_prompt({"language": "en", "findings": []})))

    assert heard(chunks).endswith("The answer broke off here. Please ask again for the rest.")


def test_a_reader_who_leaves_closes_the_stream_and_counts_against_nobody(
    pair: list[HttpModel], first: WireServer
) -> None:
    first.then(Reply(ANSWER))
    both = live(pair)

    for _ in range(5):
        stream = both.stream(COMPOSE)
        next(stream)
        stream.close()  # type: ignore[attr-defined]
    chunks = list(both.stream(COMPOSE))

    assert completion_of(chunks).model == pair[0].name
    assert completion_of(chunks).switches == ()


LETTERS = st.text('가나a😀 \n"\\', max_size=6)
SENTENCES = st.fixed_dictionaries(
    {
        "citations": st.lists(st.sampled_from(["rule:a", "rule:b"]), max_size=2),
        "text": st.text('가나a😀 \n"\\', max_size=6),
    }
)
DRAFTS = st.lists(st.lists(SENTENCES, min_size=1, max_size=3), min_size=1, max_size=3)


@dataclass
class Breaking(Scripted):
    """A model whose stream breaks off after so many chunks, telling after telling; the last one is whole."""

    chunks: Sequence[Chunk] = ()
    breaks: list[int] = field(default_factory=list)

    def stream(self, prompt: Prompt) -> Iterator[Chunk]:
        self.asked += 1
        yield from self.chunks[: self.breaks.pop(0) if self.breaks else len(self.chunks)]
        if self.asked <= self.script[0]:  # type: ignore[operator]
            raise CallFailed("HTTP 500")
        yield Chunk(completion=Answered({"paragraphs": []}, self.name))


@settings(max_examples=150, deadline=None)
@given(drafts=st.tuples(DRAFTS, DRAFTS), breaks=st.lists(st.integers(0, 40), min_size=4, max_size=4))
def test_whatever_breaks_the_words_shown_are_a_prefix_of_one_models_answer(
    drafts: tuple[list[list[dict[str, object]]], ...], breaks: list[int]
) -> None:
    letters = [_letter_by_letter(draft) for draft in drafts]
    models = [
        Breaking(name, [2], chunks=chunks, breaks=[at % (len(chunks) + 1) for at in breaks[place : place + 2]])
        for name, chunks, place in (("one", letters[0], 0), ("two", letters[1], 2))
    ]

    try:
        told = heard(list(fallback(models).stream(COMPOSE)))
    except ModelError:
        told = ""

    body = told.removesuffix(CUT_OFF.text_ko).removesuffix("…")
    assert any(heard(chunks).startswith(body) for chunks in letters)


def _letter_by_letter(draft: list[list[dict[str, object]]]) -> list[Chunk]:
    found = []
    for chunk in list(chunks_of(Completion({"paragraphs": draft}, "x")))[:-1]:
        place = (chunk.paragraph, chunk.sentence, chunk.citations)
        found += [*(Chunk(letter, *place) for letter in chunk.text), Chunk("", *place, ends=True)]
    return found


def _shown_of(pieces: Sequence[str]) -> list[Chunk]:
    from eco2.partial_answer import PartialAnswer

    partial = PartialAnswer("x")
    return [chunk for piece in pieces for chunk in partial.feed(piece)]


def _agrees(shown: str) -> bool:
    return whole_text(OTHER).startswith(shown)


def test_any_compatible_address_can_be_a_member(client: httpx.Client, first: WireServer) -> None:
    first.then(Reply(ANSWER))

    completion = live([openai_compatible(MODEL, first.url, client)]).complete(COMPOSE)

    assert completion.output == DRAFT


def test_a_model_that_was_silent_is_not_asked_again_in_the_turn() -> None:
    one, two = Scripted("one", [TimedOut("one", 30.0)]), Scripted("two", [DRAFT])
    both = fallback([one, two])
    quiet = silent(both.complete(COMPOSE))

    later = until(both, 60.0, Clock(), quiet).complete(COMPOSE)

    assert (quiet, one.asked) == (("one",), 1)
    assert isinstance(later, Answered)
    assert later.switches == (Switch("one", "was silent earlier in this turn"),)
    assert silent(later) == ("one",)


def test_with_everybody_silent_a_later_step_fails_at_once() -> None:
    one = Scripted("one", [DRAFT])
    with pytest.raises(ModelError, match="one: was silent earlier in this turn"):
        fallback([one]).without(["one"]).complete(COMPOSE)
    assert one.asked == 0


@pytest.mark.parametrize(
    ("error", "told"),
    [
        pytest.param(CallFailed("one: the connection broke"), "broke off in mid-answer", id="broke"),
        pytest.param(TimedOut("one", 20.0), "fell silent in mid-answer", id="silent"),
        pytest.param(CallFailed("one answered HTTP 500"), "HTTP 500", id="status"),
    ],
)
def test_why_a_stream_ended_is_told_as_what_it_was(error: Exception, told: str) -> None:
    assert reason_in_a_stream(error) == told
