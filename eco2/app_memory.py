"""Wire the conversations that outlive a turn: their graph, the file of their checkpoints, their locks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eco2.graph import Checkpointer
    from eco2.steps import Json, Steps

Hold = Callable[[str, float], AbstractContextManager[bool]]
"""Holds the lock of a name within a block; gives False when others held it for all of those seconds."""
DEFAULT = Path(".eco2") / "memory.sqlite"
_WAIT_S = 30.0


@dataclass(frozen=True)
class Conversations:
    """Conversations by name. One turn of each at a time, whichever process asks; a turn that breaks leaves no trace."""

    graph: Any
    saver: Checkpointer
    hold: Hold
    wait_s: float = _WAIT_S

    def turn(self, name: str, given: Json) -> tuple[Json, list[Json]]:
        """Run a turn after those before it; return its end state and the turns that are kept now.

        Raises:
            ConversationBusy: another turn of it took longer than `wait_s`.
            SettingsError: the memory cannot be read or written.
        """
        with self._alone(name):
            # One checkpoint a turn, at its end: a process that dies before leaves the conversation as it was.
            state = self.graph.invoke(given, {"configurable": {"thread_id": name}}, durability="exit")
            self.saver.prune([name])
        return state["done"], state["kept"]

    @contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        from eco2.conversations import ConversationBusy

        with self.hold(name, self.wait_s) as is_ours:
            if not is_ours:
                waited = f"for {self.wait_s:g} s now"
                raise ConversationBusy(f"conversation {name!r} is being answered elsewhere {waited}; ask again later")
            yield


def conversations(steps: Steps, models: Sequence[str], path: Path) -> Conversations:
    """Wire the conversations that lie in a file. It is made with the first of them.

    Args:
        steps: the steps of a turn.
        models: the names of all models that may be asked.
        path: the SQLite file; its locks lie in a folder beside it.
    """
    from eco2.adapters.file_lock import FileLocks
    from eco2.adapters.sqlite_checkpointer import SqliteCheckpointer
    from eco2.graph import build_conversation
    from eco2.windows import budget_for

    saver = SqliteCheckpointer(path)
    locks = FileLocks(path.with_name(f"{path.name}.locks"))
    return Conversations(build_conversation(steps, budget_for(models), saver), saver, locks.hold)
