"""A small workspace of every kind of knowledge, and what opens it without the user's environment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kb.app import index, knowledge, open_workspace
from kb.knowledge import Knowledge

FILES = {
    "kb.toml": '[kb]\nembedder = "none"\n',
    "adr/0001-broker.md": (
        '---\nid: "0001"\ntitle: RabbitMQ로 진행률을 보낸다\nstatus: superseded\ndate: 2025-11-02\n'
        'superseded_by: ["0003"]\ntags: [event]\n---\n# RabbitMQ로 진행률을 보낸다\n\n'
        "## 결정\n진행률 이벤트를 브로커 구독으로 내보낸다.\n\n## 결과\n연결마다 구독이 하나씩 생긴다.\n"
    ),
    "adr/0002-kafka.md": (
        '---\nid: "0002"\ntitle: Kafka for progress\nstatus: rejected\ndate: 2025-11-20\ntags: [event]\n---\n'
        "# Kafka for progress\n\n## Decision\nWe do not run Kafka: a third broker for one feature.\n"
    ),
    "adr/0003-streams.md": (
        '---\nid: "0003"\ntitle: Redis Streams에 진행률을 쌓는다\nstatus: accepted\ndate: 2025-12-10\n'
        'supersedes: ["0001"]\ntags: [redis]\n---\n# Redis Streams에 진행률을 쌓는다\n\n'
        "## 결정\n워커는 진행률 이벤트를 스트림에 쌓고 SSE가 읽는다.\n"
    ),
    "incidents/2026-01-lost-token.md": (
        '---\nid: "2026-01-lost-token"\ntitle: 토큰 유실\nstatus: final\nstarted_at: 2026-01-16T10:00\n---\n'
        "# 토큰 유실\n\n## 원인\nPub/Sub 구독자가 없을 때 토큰이 사라졌다.\n"
    ),
    "kb/rules/pet.yaml": (
        'defaults: {source: "표 1", valid_from: 2025-01-01}\n'
        "classes:\n"
        "  - id: pet-bottle\n    name: 무색페트병\n    name_en: clear PET bottles\n"
        "    aliases: {ko: [생수병], en: [plastic bottle]}\n"
        "    ko: 투명한 생수병은 무색페트병이에요.\n    en: Clear water bottles are PET bottles.\n"
        "rules:\n"
        "  - id: dispose-pet-bottle-label\n    kind: disposal\n    class: pet-bottle\n    aspect: label\n"
        "    ko: 라벨을 떼고 배출해 주세요.\n    en: Take the label off.\n"
        "prices:\n"
        "  - id: price-pet\n    name: 페트병 압축품\n    prices: {전국평균: 350, 수도권: 400}\n"
        "    ko: 전국 평균은 350원이에요.\n    en: The national mean is 350 won.\n    valid_to: 2025-07-01\n"
    ),
    "skills/onboarding/SKILL.md": (
        "---\nname: onboarding\ndescription: 새로 온 사람이 결정 기록을 찾을 때 쓴다.\n---\n"
        "# Onboarding\n\nRead the decisions.\n"
    ),
    "docs/guide.md": "# Guide\n\nHow to deploy the gateway: run `make deploy` on the main branch.\n",
    "docs/archive/old/guide.md": "# Guide\n\nHow to deploy the gateway: run `make deploy` on the main branch.\n",
    "datasets/x.md": "# Never a source\n\nsecretword\n",
    "tests/y.md": "# Never a source\n\nsecretword\n",
}


def write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    write(folder, FILES)
    return folder


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path / "home")}


@pytest.fixture
def opened(root: Path, environ: dict[str, str]) -> Callable[[], Knowledge]:
    """Index the workspace as it stands and open it."""

    def open_it() -> Knowledge:
        workspace = open_workspace(root, environ)
        index(workspace, environ)
        return knowledge(workspace, environ)

    return open_it
