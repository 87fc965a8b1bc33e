"""The language model of the bot as the model of a judge: the two rooms meet at a string and share no class."""

from __future__ import annotations

import json

import httpx

from eco2.adapters.openai_compatible import openai_compatible
from harness.judging.remote.llm_judge import LlmJudge
from harness.judging.remote.model import model_from

CAP = "페트병은 뚜껑을 닫아서 내놓으세요."


def test_the_language_model_of_the_bot_judges() -> None:
    seen: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        message = json.loads(request.content)["messages"][-1]["content"]
        seen.append(message)
        boundary = message.split("boundary: ")[1][:16]
        said = {
            "boundary": boundary, "verdict": "supported", "p_supported": 0.9, "kind": None, "reason": "read",
            "evidence": {"index": 0, "quote": "뚜껑을 닫아서"},
        }  # fmt: skip
        choice = {"message": {"role": "assistant", "content": json.dumps(said)}, "finish_reason": "stop"}
        return httpx.Response(200, json={"choices": [choice], "usage": {"prompt_tokens": 9, "completion_tokens": 3}})

    client = httpx.Client(transport=httpx.MockTransport(respond))
    model = openai_compatible("small", "https://models.invalid/v1", client)
    found = LlmJudge(model_from(lambda: model, "eco2.app:language_model")).judge(None, [CAP], "뚜껑을 닫아요.")
    assert (found.verdict, found.evidence_quote) == ("supported", "뚜껑을 닫아서")
    assert len(seen) == 1
    assert CAP in seen[0]
