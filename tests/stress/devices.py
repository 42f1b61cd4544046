"""Long stories of several laptops, in two processes: what ``tests/test_devices.py`` does for a moment in every run."""

import io
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout
from multiprocessing import get_context
from typing import NamedTuple

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.device_stories import MOST, Devices

__all__ = ["MOST", "STEPS", "Told", "run", "tell"]

STEPS = 50
"""The most that happens in one story."""
PROCESSES = 2


class Told(NamedTuple):
    """What came of all stories."""

    stories: int
    wrong: tuple[str, ...]
    """A story that broke a promise, with which one: at most one of each process."""


def tell(stories: int, seed_: int) -> str:
    """A story that went wrong, step by step; ``""`` when none did."""
    plan = settings(
        max_examples=stories, stateful_step_count=STEPS, deadline=None, database=None, phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck), report_multiple_bugs=False,
    )  # fmt: skip
    steps = io.StringIO()
    try:
        with redirect_stdout(steps):
            run_state_machine_as_test(seed(seed_)(Devices), settings=plan)
    except Exception as error:
        notes = "\n".join(getattr(error, "__notes__", ()))
        return f"{type(error).__name__}: {error}\n{notes}\n{steps.getvalue()}"
    return ""


def run(stories: int, seed_: int, processes: int = PROCESSES) -> Told:
    """What came of so many stories, told side by side."""
    each = -(-stories // processes)
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        wrong = tuple(filter(None, pool.map(tell, [each] * processes, range(seed_, seed_ + processes))))
    return Told(each * processes, wrong)
