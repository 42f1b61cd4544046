"""Threads beside the screen that nobody who leaves has to wait for: a network folder may never answer.

Python itself waits at its end for every thread of an executor; these are daemons, and ``end`` does not wait either.
"""

import os
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Thread
from typing import Any, TypeVar
from weakref import WeakSet

Result = TypeVar("Result")

_threads: "WeakSet[Thread]" = WeakSet()


def start(work: Callable[..., object], *arguments: Any, name: str = "beside") -> Thread:
    """The thread that does the work now."""
    thread = Thread(target=work, args=arguments, daemon=True, name=name)
    _threads.add(thread)
    thread.start()
    return thread


class Beside(ThreadPoolExecutor):
    """What asyncio hands work to: a daemon for each piece of it. The screen never asks for more than a few at once."""

    def submit(self, fn: Callable[..., Result], /, *arguments: Any, **named: Any) -> "Future[Result]":
        """What will come of it."""
        future: Future[Result] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = fn(*arguments, **named)
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)

        start(run)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Nothing; what still runs is nobody's any more."""


def end(code: int) -> int:
    """The exit code, for whoever ends the process; ends it itself while a thread of ours is still at work."""
    if any(thread.is_alive() for thread in _threads):
        # An interpreter that takes itself apart under running threads may fall over them.
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)
    return code
