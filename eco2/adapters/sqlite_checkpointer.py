"""LangGraph's checkpoints in one SQLite file: write-ahead log, a connection an operation, so that threads and processes
may share it.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    get_checkpoint_id,
    get_checkpoint_metadata,
)

from eco2.adapters.checkpoint_json import JsonFirst
from eco2.turns import SettingsError

_VERSION = 1
_BUSY_S = 30.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS checkpoints (
    thread TEXT NOT NULL, ns TEXT NOT NULL, id TEXT NOT NULL, parent TEXT,
    type TEXT NOT NULL, value BLOB NOT NULL, metadata TEXT NOT NULL,
    PRIMARY KEY (thread, ns, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS writes (
    thread TEXT NOT NULL, ns TEXT NOT NULL, id TEXT NOT NULL, task TEXT NOT NULL, idx INTEGER NOT NULL,
    path TEXT NOT NULL, channel TEXT NOT NULL, type TEXT NOT NULL, value BLOB NOT NULL,
    PRIMARY KEY (thread, ns, id, task, idx)
) WITHOUT ROWID;
"""
_CHECKPOINT = "SELECT thread, ns, id, parent, type, value, metadata FROM checkpoints"


class SqliteCheckpointer(BaseCheckpointSaver[int]):
    """Meets LangGraph's `BaseCheckpointSaver`. The file and its folder are made when first used, for their owner alone.

    Every operation is one transaction; a writer waits for another one, of any process, for up to half a minute.
    `prune` knows no `DeltaChannel`, and no graph of this room has one.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(serde=JsonFirst())
        self.path = path

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        wanted = {"thread": _thread(config), "ns": _namespace(config), "id": get_checkpoint_id(config)}
        where = "thread = :thread AND ns = :ns AND (:id IS NULL OR id = :id)"
        with self._read() as db:
            row = db.execute(f"{_CHECKPOINT} WHERE {where} ORDER BY id DESC LIMIT 1", wanted).fetchone()
            return self._tuple(db, row) if row else None

    def list(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> Iterator[CheckpointTuple]:
        """Yield checkpoints, latest first; of every thread without a `config`."""
        chosen = config["configurable"] if config else {}
        wanted = {
            "thread": chosen.get("thread_id"),
            "ns": chosen.get("checkpoint_ns"),
            "id": get_checkpoint_id(config) if config else None,
            "before": get_checkpoint_id(before) if before else None,
        }
        where = " AND ".join(f"(:{name} IS NULL OR {name} = :{name})" for name in ("thread", "ns", "id"))
        where += " AND (:before IS NULL OR id < :before)"
        with self._read() as db:
            rows = db.execute(f"{_CHECKPOINT} WHERE {where} ORDER BY id DESC", wanted).fetchall()
            found = [self._tuple(db, row) for row in rows if _meets(json.loads(row[6]), filter)][:limit]
        yield from found

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Store a checkpoint whole, its channels with it; the config that comes back names it."""
        thread, ns, id_ = _thread(config), _namespace(config), checkpoint["id"]
        kind, value = self.serde.dumps_typed(dict(checkpoint))
        known = json.dumps(get_checkpoint_metadata(config, metadata), ensure_ascii=False, default=str)
        row = (thread, ns, id_, config["configurable"].get("checkpoint_id"), kind, value, known)
        with self._write() as db:
            db.execute("INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        return _config(thread, ns, id_)

    def put_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Store what a task wrote. The same write again changes nothing; a newer error or interrupt takes its place."""
        at = (_thread(config), _namespace(config), config["configurable"]["checkpoint_id"], task_id)
        rows = [
            (*at, WRITES_IDX_MAP.get(channel, index), task_path, channel, *self.serde.dumps_typed(value))
            for index, (channel, value) in enumerate(writes)
        ]
        with self._write() as db:
            for row in rows:
                clash = "IGNORE" if row[4] >= 0 else "REPLACE"
                db.execute(f"INSERT OR {clash} INTO writes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    def delete_thread(self, thread_id: str) -> None:
        with self._write() as db:
            for table in ("checkpoints", "writes"):
                db.execute(f"DELETE FROM {table} WHERE thread = ?", (thread_id,))

    def prune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Drop all of some threads but their latest checkpoint, or ("delete") everything.

        Raises:
            ValueError: the strategy is another word.
        """
        if strategy not in ("keep_latest", "delete"):
            raise ValueError(f"no strategy {strategy!r} to prune checkpoints by; use 'keep_latest' or 'delete'")
        for thread in thread_ids:
            self._keep_latest(thread) if strategy == "keep_latest" else self.delete_thread(thread)

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        return await asyncio.to_thread(self.get_tuple, config)

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        found = await asyncio.to_thread(lambda: [*self.list(config, filter=filter, before=before, limit=limit)])
        for one in found:
            yield one

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        return await asyncio.to_thread(self.put, config, checkpoint, metadata, new_versions)

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        await asyncio.to_thread(self.put_writes, config, writes, task_id, task_path)

    async def adelete_thread(self, thread_id: str) -> None:
        await asyncio.to_thread(self.delete_thread, thread_id)

    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        await asyncio.to_thread(lambda: self.prune(thread_ids, strategy=strategy))

    def _keep_latest(self, thread: str) -> None:
        with self._write() as db:
            db.execute(
                "DELETE FROM checkpoints WHERE thread = :thread AND id < (SELECT MAX(id) FROM checkpoints AS latest "
                "WHERE latest.thread = checkpoints.thread AND latest.ns = checkpoints.ns)",
                {"thread": thread},
            )
            db.execute(
                "DELETE FROM writes WHERE thread = :thread AND NOT EXISTS (SELECT 1 FROM checkpoints AS kept "
                "WHERE kept.thread = writes.thread AND kept.ns = writes.ns AND kept.id = writes.id)",
                {"thread": thread},
            )

    def _tuple(self, db: sqlite3.Connection, row: tuple[Any, ...]) -> CheckpointTuple:
        thread, ns, id_, parent, kind, value, metadata = row
        writes = db.execute(
            "SELECT task, channel, type, value FROM writes WHERE thread = ? AND ns = ? AND id = ? "
            "ORDER BY path, task, idx",
            (thread, ns, id_),
        )
        return CheckpointTuple(
            config=_config(thread, ns, id_),
            checkpoint=self.serde.loads_typed((kind, value)),
            metadata=json.loads(metadata),
            parent_config=_config(thread, ns, parent) if parent else None,
            pending_writes=[(task, channel, self.serde.loads_typed((type_, stored)))
                            for task, channel, type_, stored in writes],
        )  # fmt: skip

    @contextmanager
    def _read(self) -> Iterator[sqlite3.Connection]:
        with self._open() as db:
            db.execute("BEGIN")
            yield db

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with self._open() as db:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Open a connection; what is not committed when it closes never happened.

        Raises:
            SettingsError: the file cannot be used.
        """
        try:
            if not self.path.exists():
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self.path.touch(mode=0o600)  # people's messages; the log beside it takes over its mode
            with closing(sqlite3.connect(self.path, timeout=_BUSY_S, isolation_level=None)) as db:
                _prepare(db)
                yield db
        except (OSError, sqlite3.Error) as error:
            raise SettingsError(f"{self.path} cannot keep conversations ({error}); name another file") from error


def _prepare(db: sqlite3.Connection) -> None:
    """Make the tables once; of several processes that try at the same time, one waits and finds them made."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > _VERSION:
        raise sqlite3.DatabaseError(f"it is of version {version}, this program knows {_VERSION}")
    if version == _VERSION:
        return
    db.execute("PRAGMA journal_mode = WAL")
    db.executescript(f"BEGIN IMMEDIATE;{_SCHEMA}PRAGMA user_version = {_VERSION};COMMIT;")


def _meets(metadata: dict[str, Any], wanted: dict[str, Any] | None) -> bool:
    return all(metadata.get(key) == value for key, value in (wanted or {}).items())


def _thread(config: RunnableConfig) -> str:
    return str(config["configurable"]["thread_id"])


def _namespace(config: RunnableConfig) -> str:
    return str(config["configurable"].get("checkpoint_ns", ""))


def _config(thread: str, ns: str, id_: str) -> RunnableConfig:
    return {"configurable": {"thread_id": thread, "checkpoint_ns": ns, "checkpoint_id": id_}}
