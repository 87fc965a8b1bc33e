"""Work on several things at a time, never holding more than a handful of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def side_by_side(work: Callable[[Item, int], Result], items: Iterable[Item], lanes: int) -> Iterator[Result]:
    """Yield what `work` makes of each item, as it comes; with one lane in the order of the items, without a thread.

    Args:
        work: called with an item and the number of its lane; a lane has one call at a time.
        items: read no further ahead than there are lanes.
        lanes: at least 1.

    Raises:
        Exception: the first that `work` raised; what had begun is waited for, nothing new begins.
    """
    if lanes == 1:
        yield from (work(item, 0) for item in items)
        return
    rest = iter(items)
    running: dict[Future[Result], int] = {}
    with ThreadPoolExecutor(lanes, "harness-lane") as pool:
        for lane, item in zip(range(lanes), rest):  # noqa: B905 - there may be fewer items than lanes
            running[pool.submit(work, item, lane)] = lane
        while running:
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                lane, result = running.pop(done), done.result()
                for item in rest:
                    running[pool.submit(work, item, lane)] = lane
                    break
                yield result
