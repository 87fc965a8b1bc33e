"""Which label of a cross-encoder means that the premise entails the claim. Models name them in many ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal

from harness.cases import ConfigError

Role = Literal["entailment", "neutral", "contradiction"]
_NAMES: Mapping[str, Role] = MappingProxyType(
    {
        **dict.fromkeys(
            ("entailment", "entail", "entails", "entailed", "supported", "supports", "support", "consistent", "yes",
             "true", "e", "함의", "수반", "支持", "蕴含", "implication"),
            "entailment",
        ),
        **dict.fromkeys(
            ("neutral", "unknown", "notenoughinfo", "nei", "n", "notentailment", "notentailed", "unsupported",
             "notsupported", "hallucinated", "중립", "中立"),
            "neutral",
        ),
        **dict.fromkeys(
            ("contradiction", "contradict", "contradicts", "contradictory", "refuted", "refutes", "inconsistent", "no",
             "false", "c", "모순", "矛盾"),
            "contradiction",
        ),
    }
)  # fmt: skip


def roles_of(labels: Sequence[str], model: str) -> tuple[Role, ...]:
    """The role of each output of a model, in order; one output scores entailment, whatever it is called.

    Raises:
        ConfigError: a label says nothing, two say entailment, or none does.
    """
    if len(labels) == 1:
        return ("entailment",)
    roles = tuple(_NAMES.get(_plain(label)) for label in labels)
    named = [role for role in roles if role is not None]
    if len(named) < len(labels) or named.count("entailment") != 1:
        raise ConfigError(
            f"the labels {', '.join(labels)} of {model} do not say which one is entailment; name them in order: "
            f"--judge 'nli:{model}#entailment,neutral,contradiction'"
        )
    return tuple(named)


def _plain(label: str) -> str:
    return "".join(filter(str.isalnum, label.casefold()))
