"""A claim in a report names the sentence that decides, the version of its file, and the words that speak against it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from harness.app import Site
from harness.blame import described
from harness.cases import Source
from harness.cells import judged_claims
from harness.judging.offline import offline_judge
from tests.harness.support import a_case, a_trial

FEE = "강남구에서 의자의 대형폐기물 수수료는 3,000원이에요."
WRONG = "강남구에서 의자의 대형폐기물 수수료는 5,000원이에요."


def _described(answer: str) -> dict[str, object]:
    response = {"answer": answer, "passages": [{"id": "rule:fee", "text": FEE}], "citations": [{"id": "rule:fee"}]}
    trial = a_trial(response, a_case(rules=["fee"]), judge=offline_judge(), gold={"rule:fee": (FEE,)})
    (claim,) = judged_claims(trial)
    return described(trial, claim)


def test_a_wrong_claim_quotes_the_words_that_contradict_it() -> None:
    found = _described(WRONG)
    against = found["against"]
    assert isinstance(against, dict)
    assert (found["kind"], against["quote"], against["id"], against["text"]) == ("number", "3,000원", "rule:fee", FEE)


def test_nothing_speaks_against_a_supported_claim() -> None:
    assert _described(FEE)["against"] is None


def test_a_rule_is_cited_with_the_version_of_its_file(workspace: Path) -> None:
    found = Site(workspace, os.environ, workspace).provenance.resolve("rule:dispose-pet-bottle")
    content = (workspace / "rules" / "waste.yaml").read_bytes()
    assert isinstance(found, Source)
    assert found.version == hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def test_a_changed_file_is_another_version(workspace: Path) -> None:
    before = Site(workspace, os.environ, workspace).provenance.resolve("rule:character-petty")
    path = workspace / "rules" / "waste.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# more\n", encoding="utf-8")
    after = Site(workspace, os.environ, workspace).provenance.resolve("rule:character-petty")
    assert before is not None
    assert after is not None
    assert before.version != after.version
