"""Labelling at a prompt: what is shown for a claim, what a key means. Reads and writes nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from harness.judging.grounding import KINDS
from harness.labelling.decisions import Decision
from harness.labelling.disputes import Dispute

HELP = "s supported · u unsupported · k unsupported, with its kind · n next, undecided · q quit"
_KINDS = "  ".join(f"{number} {kind}" for number, kind in enumerate(KINDS, start=1))


def shown(dispute: Dispute, number: int, total: int) -> list[str]:
    """The lines that a person decides by: question, context with the best evidence marked, claim, verdicts."""
    item = dispute.item
    lines = [f"[{number}/{total}] {item.source}: {', '.join(dispute.why)}"]
    lines += [f"question: {item.question}"] if item.question else []
    lines += [f"{'→' if index == dispute.best else ' '} [{index}] {text}" for index, text in enumerate(item.context)]
    lines += ["  (no context)"] if not item.context else []
    lines.append(f"claim: {item.claim}")
    for name, found in dispute.verdicts.items():
        said = (
            "failed" if found is None else f"{found.verdict} {found.p_supported:.2f} {found.kind or ''} {found.reason}"
        )
        lines.append(f"  {name}: {' '.join(said.split())}")
    return lines


def label(
    disputes: Sequence[Dispute],
    read: Callable[[str], str],
    say: Callable[[str], None],
    who: str,
    now: Callable[[], str],
) -> Iterator[Decision]:
    """Ask for each dispute and yield what was decided, at once; ends at `q` or at the end of the input.

    Args:
        disputes: in order.
        read: shows a prompt and returns what was typed; raises EOFError at the end.
        say: prints a line.
        who: decides.
        now: the time, ISO 8601.
    """
    for number, dispute in enumerate(disputes, start=1):
        for line in ("", *shown(dispute, number, len(disputes))):
            say(line)
        found = _decided(read, say)
        if found is None:
            return
        supported, kind = found
        yield Decision(dispute.item, supported, kind, who, now())


def _decided(read: Callable[[str], str], say: Callable[[str], None]) -> tuple[bool | None, str | None] | None:
    """Supported and kind; None to stop."""
    while True:
        key = _key(read, f"{HELP} > ")
        if key in ("s", "u", "n"):
            return {"s": True, "u": False, "n": None}[key], None
        if key == "k" and (kind := _kind(read, say)):
            return False, kind
        if key in ("q", None):
            return None
        say(f"{key!r} means nothing here")


def _kind(read: Callable[[str], str], say: Callable[[str], None]) -> str | None:
    said = _key(read, f"{_KINDS} > ") or ""
    if said in KINDS:
        return said
    if said.isdecimal() and 1 <= int(said) <= len(KINDS):
        return KINDS[int(said) - 1]
    say(f"{said!r} is no kind")
    return None


def _key(read: Callable[[str], str], prompt: str) -> str | None:
    try:
        return read(prompt).strip().casefold()
    except EOFError:
        return None
