"""Killed in the midst of any act, the program loses nothing it had said was there. ``python -m tests.stress acts``."""

import os
from pathlib import Path

import pytest

from tests.stress.kill_acts import ACTS, run

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the victim is a fork")


@pytest.mark.parametrize("act", ACTS)
def test_a_program_that_is_killed_in_the_midst_of_an_act_loses_nothing(tmp_path: Path, act: str) -> None:
    told = run(tmp_path, act, 3, seed=os.getpid())
    assert told.wrong == ()
    assert told.steps > 30 and told.kills >= 2
