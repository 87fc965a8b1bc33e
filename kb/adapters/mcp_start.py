"""A server that starts at once: most of what the MCP SDK does when it is imported is left until it is needed.

Importing it makes some hundred pydantic models of three versions of the protocol, of which a session uses a few dozen.
pydantic's own setting `defer_build` has each of them built when it is first used; a model takes it from its base when
it is defined. The collector of cycles is held off meanwhile, and never looks at what was made: it would go through the
growing heap again and again and find nothing. Where a release of pydantic or of the SDK knew nothing of this, the
server would start as before, only later.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import BaseModel


@contextmanager
def deferred_types() -> Iterator[None]:
    """Models that are defined inside are built when they are first used. For a process that serves and ends."""
    was_collecting = gc.isenabled()
    before = BaseModel.model_config
    gc.disable()
    BaseModel.model_config = {**before, "defer_build": True}
    try:
        yield
    finally:
        BaseModel.model_config = before
        gc.freeze()
        if was_collecting:
            gc.enable()
