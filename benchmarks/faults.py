"""Show what users see when a provider or a source is down: `python -m benchmarks.faults` prints two Markdown tables.

Every row is a whole turn of this repository's bot in real time, with the limits that it ships with, against servers of
this machine that speak the documented formats (tests/eco2/wire_server.py, tests/eco2/public_apis.py). Turns that wait
run beside each other, the others one after the other. Takes about two minutes, most of it waiting.
"""

from __future__ import annotations

import re
import socket
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from benchmarks.fault_scripts import (
    PICTURE,
    PROVIDER_FAULTS,
    SOURCE_FAULTS,
    SOURCE_QUESTIONS,
    TWO_QUESTIONS,
    Fault,
)
from eco2.adapters.gemini import gemini
from eco2.adapters.http_model import HttpModel
from eco2.adapters.live_vision import LiveVision
from eco2.adapters.openai_compatible import openai_compatible
from eco2.adapters.openai_responses import openai_responses
from eco2.agents.row import Sources
from eco2.app import Bot, Settings, bot
from eco2.fallback import Fallback
from eco2.graph import build_graph
from eco2.intake import read_request
from eco2.live_world import LiveWorld
from eco2.ports import LanguageModel
from eco2.turns import Eco2Error
from kb.app import open_workspace, rulebook
from tests.eco2.live_support import all_serving, sources_of
from tests.eco2.public_apis import Reply as ApiReply
from tests.eco2.public_apis import serving
from tests.eco2.wire_server import MODEL, wire_server

ROOT = Path(__file__).resolve().parent.parent
PROVIDERS = ("openai", "gemini", "compatible")
NOBODY, EMBEDDED = "nobody", "the embedded model"
AT_ONCE = 8
_KEY = "sk-fault-table"
_MOST = 64
_MARK = re.compile(r" ?\[[a-z]+:[^\]]*\]")


@dataclass(frozen=True)
class Seen:
    """What a user saw, what the response says was less than asked for, and the seconds that it took."""

    said: str
    degraded: str
    seconds: float


@dataclass(frozen=True)
class Case:
    """One turn to be measured: its row's first cells, and how it is run. `waits` marks one that runs to a limit."""

    cells: tuple[str, ...]
    run: Callable[[], Seen]
    waits: bool


def main() -> None:
    """Print both tables."""
    _table(("the model", "provider", "then", "what the user saw", "`degraded`", "s"), _by_provider(measured(models())))
    _table(("source", "what it did (s)", "what the user saw", "`degraded`"), _by_source(measured(sources())))


def measured(cases: Iterable[Case]) -> list[tuple[Case, Seen]]:
    """Run every case; those that only wait run at the same time."""
    every = list(cases)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting = {index: pool.submit(case.run) for index, case in enumerate(every) if case.waits}
        late = {index: future.result() for index, future in waiting.items()}
    return [(case, late[index] if index in late else case.run()) for index, case in enumerate(every)]


def models() -> Iterator[Case]:
    """Each fault of each provider, with nobody and with the embedded model behind it."""
    for fault in PROVIDER_FAULTS:
        for behind in (NOBODY, EMBEDDED):
            for provider in PROVIDERS:
                yield Case((fault.name, provider, behind), _model_turn(fault, provider, behind), fault.waits)


def sources() -> Iterator[Case]:
    """Each fault of each source; of two providers first the first, then both; and the model that looks at pictures."""
    for label, names, question in SOURCE_QUESTIONS:
        for fault, reply in SOURCE_FAULTS.items():
            yield Case((label, fault), _source_turn(names, question, reply), _waits(reply))
    for fault, reply in SOURCE_FAULTS.items():
        yield Case(("OpenAI (a picture is looked at)", fault), _picture_turn(reply), _waits(reply))


def _by_provider(rows: Sequence[tuple[Case, Seen]]) -> list[tuple[str, ...]]:
    """Return one row for all with whom a user sees the same."""
    merged: defaultdict[tuple[str, str, str], list[tuple[Case, float]]] = defaultdict(list)
    for case, seen in rows:
        fault, provider, _ = case.cells
        said, told = (text.replace(f"{provider}:{MODEL}", "MODEL") for text in (seen.said, seen.degraded))
        merged[fault, said, told].append((case, seen.seconds))
    return [_provider_row(*key, found) for key, found in merged.items()]


def _provider_row(fault: str, said: str, told: str, found: list[tuple[Case, float]]) -> tuple[str, ...]:
    who, then = (list(dict.fromkeys(case.cells[cell] for case, _ in found)) for cell in (1, 2))
    low, high = (f"{pick(seconds for _, seconds in found):.1f}" for pick in (min, max))
    providers = "all three" if len(who) == len(PROVIDERS) else ", ".join(who)
    return fault, providers, " or ".join(then), said, told, low if low == high else f"{low}–{high}"


def _by_source(rows: Sequence[tuple[Case, Seen]]) -> list[tuple[str, ...]]:
    """Return one row for the faults of a source in which a user sees the same."""
    merged: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for case, seen in rows:
        source, fault = case.cells
        merged[source, seen.said, seen.degraded].append(f"{fault} ({seen.seconds:.1f})")
    return [(source, ", ".join(faults), said, told) for (source, said, told), faults in merged.items()]


def _waits(reply: ApiReply) -> bool:
    return reply.pause_s + reply.drip_s > 0


def _model_turn(fault: Fault, provider: str, behind: str) -> Callable[[], Seen]:
    def run() -> Seen:
        with _broken(fault) as url, httpx.Client(trust_env=False) as client:
            base = _recorded()
            broken: LanguageModel = _provider(provider, url, client)
            model = Fallback([broken] if behind == NOBODY else [broken, base.steps.model])
            return asked(_with(base, model=model), {"text": TWO_QUESTIONS})

    return run


def _source_turn(names: Sequence[str], question: str, reply: ApiReply) -> Callable[[], Seen]:
    def run() -> Seen:
        with all_serving() as apis, tempfile.TemporaryDirectory() as made:
            for name in names:
                apis[name].fault = reply
            base = _recorded()
            spots = next(iter(base.steps.sources.values())).outside.spots()
            outside = LiveWorld(sources_of(apis, Path(made)), spots)
            return asked(_seeing(base, lambda one: replace(one, outside=outside)), {"text": question})

    return run


def _picture_turn(reply: ApiReply) -> Callable[[], Seen]:
    def run() -> Seen:
        with serving(lambda asked: reply) as api, httpx.Client(trust_env=False) as client:
            vision = LiveVision(_provider("openai", api.url, client), rulebook(open_workspace(ROOT)))
            base = _seeing(_recorded(), lambda one: replace(one, vision=vision))
            return asked(base, {"text": "이거 어떻게 버려?", "image": PICTURE})

    return run


def asked(one: Bot, turn: dict[str, object]) -> Seen:
    """Ask one message and write down what came of it."""
    started = time.perf_counter()
    try:
        response: dict[str, Any] = one.answer(read_request({"turns": [turn]}))
    except Eco2Error as error:
        return Seen(f"no answer: {_short(str(error), 2 * _MOST)}", "–", time.perf_counter() - started)
    seconds = time.perf_counter() - started
    told = [row for row in response["degraded"] if ": recorded at " not in row]
    return Seen(f"“{_short(_MARK.sub('', response['answer']))}”", "; ".join(told) or "–", seconds)


@contextmanager
def _broken(fault: Fault) -> Iterator[str]:
    """Give the address of a provider with this fault."""
    if fault.stall is not None:
        with serving(lambda asked: fault.stall or ApiReply("")) as api:
            yield api.url
    elif not fault.replies:
        yield f"http://127.0.0.1:{_closed_port()}"
    else:
        with wire_server() as server:
            yield server.then(*fault.replies).url


def _closed_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _provider(name: str, url: str, client: httpx.Client) -> HttpModel:
    if name == "openai":
        return openai_responses(MODEL, _KEY, client, base_url=url)
    if name == "gemini":
        return gemini(MODEL, _KEY, client, base_url=url)
    return openai_compatible(MODEL, url, client)


def _recorded() -> Bot:
    return bot(Settings(workspace=ROOT, world="recorded"), ROOT)


def _seeing(one: Bot, change: Callable[[Sources], Sources]) -> Bot:
    return _with(one, sources={name: change(found) for name, found in one.steps.sources.items()})


def _with(one: Bot, **changes: Any) -> Bot:
    steps = replace(one.steps, **changes)
    return Bot(steps, build_graph(steps), one.new_id)


def _short(text: str, most: int = _MOST) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most].rstrip()}…"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    lines = [head, ["---"] * len(head), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    sys.stdout.write("\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
