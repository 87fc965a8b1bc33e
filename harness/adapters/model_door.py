"""A language model behind an address that speaks the chat-completions form: most servers of open models do."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx

from harness.cases import ConfigError
from harness.judging.remote.model import Prompt, Reply, message_of

_PATH = "/chat/completions"


class ChatModel:
    """Posts each prompt at temperature 0. Nothing is tried twice.

    Args:
        address: `http(s)://host/v1#model`: where `/chat/completions` lies below, and which model is asked for.
        key: sent to that address alone; none if empty.
        timeout_s: for the whole answer.
        transport: stands in for the network.

    Raises:
        ConfigError: the address names no model.
    """

    def __init__(
        self, address: str, key: str = "", timeout_s: float = 60.0, transport: httpx.BaseTransport | None = None
    ) -> None:
        parts = urlsplit(address)
        if not parts.fragment or not parts.netloc:
            raise ConfigError(f"{address!r} names no model; give its address and name as 'https://host/v1#model'")
        self.name = address
        self._model = parts.fragment
        bare = urlunsplit(parts._replace(fragment="")).rstrip("/")
        self._address = bare if bare.endswith(_PATH) else bare + _PATH
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.Client(timeout=timeout_s, transport=transport, headers=headers)

    def complete(self, prompt: Prompt) -> Reply:
        """Ask once.

        Raises:
            TimeoutError: no answer in time.
            ConnectionError: the server cannot be reached or refuses; the key is never in the message.
            ValueError: it answered with something else than a chat completion.
        """
        body = {
            "model": self._model,
            "temperature": 0,
            "messages": [
                {"role": "system", "content": prompt.instructions},
                {"role": "user", "content": message_of(prompt)},
            ],
            "response_format": {"type": "json_object"},
        }
        try:
            answer = self._client.post(self._address, json=body).raise_for_status()
        except httpx.TimeoutException as error:
            raise TimeoutError(f"{self.name}: no answer in time") from error
        except httpx.HTTPStatusError as error:
            raise ConnectionError(f"{self.name}: the server answered {error.response.status_code}") from error
        except httpx.HTTPError as error:
            raise ConnectionError(f"{self.name}: {type(error).__name__}: {error}") from error
        return _reply(answer.json(), self.name)


def _reply(row: Any, name: str) -> Reply:
    try:
        text, usage = row["choices"][0]["message"]["content"], row.get("usage") or {}
        if not isinstance(text, str):
            raise TypeError(f"content is a {type(text).__name__}")
        return Reply(text, int(usage.get("prompt_tokens") or 0), int(usage.get("completion_tokens") or 0))
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise ValueError(f"{name} answered with no chat completion ({error!r})") from error
