"""What the HTML form of `harness label` shows, as plain JSON."""

from __future__ import annotations

from collections.abc import Sequence

from harness.judging.grounding import KINDS
from harness.labelling.decisions import SCHEMA
from harness.labelling.disputes import Dispute
from harness.manifest import digest_of


def form(disputes: Sequence[Dispute], who: str) -> dict[str, object]:
    """The claims with their verdicts; `form` names these very claims, so that a browser keeps their decisions apart."""
    return {
        "schema": SCHEMA,
        "form": digest_of([dispute.item.key for dispute in disputes])[:16],
        "who": who,
        "kinds": list(KINDS),
        "claims": [_claim(dispute) for dispute in disputes],
    }


def _claim(dispute: Dispute) -> dict[str, object]:
    item = dispute.item
    return {
        "key": item.key,
        "question": item.question,
        "context": list(item.context),
        "claim": item.claim,
        "source": item.source,
        "group": item.group,
        "why": list(dispute.why),
        "best": dispute.best,
        "verdicts": [
            {"judge": name, "verdict": "failed"}
            if found is None
            else {
                "judge": name,
                "verdict": found.verdict,
                "p": f"{found.p_supported:.2f}",
                "kind": found.kind,
                "reason": found.reason,
            }
            for name, found in dispute.verdicts.items()
        ],
    }
