"""The stress that ``python -m tests.stress`` does at length, for a moment in every run."""

import os
import sys
from pathlib import Path

import pytest

from tests.stress import full_disk, kill_copies
from tests.stress.limits import bundle_at_its_limits, peak_of
from tests.stress.mutate import mutate
from tests.stress.two_programs import compete


def test_bundles_changed_at_random_are_refused_in_words() -> None:
    told = mutate(4_000, seed=2)

    assert told.refused + told.same == told.tried
    assert (told.accepted, told.crashed) == ((), ())


def test_programs_that_compete_for_a_folder_lose_nothing(tmp_path: Path) -> None:
    told = compete(tmp_path, programs=2, answers=5)

    assert (told.said, told.found, told.damage) == (10, 10, ())


def test_a_disk_without_room_leaves_nothing_half_done(tmp_path: Path) -> None:
    try:
        outcomes = full_disk.run(tmp_path, step=28 * 1024)
    except OSError as error:
        pytest.skip(f"no file system of our own here: {error}")

    assert {each.act: each.wrong for each in outcomes} == dict.fromkeys(full_disk.ACTS, ())
    assert all(each.refused > 0 for each in outcomes)


@pytest.mark.skipif(os.name != "posix", reason="the victim is a fork")
@pytest.mark.parametrize(("act", "stride"), [("copy", 11), ("put away", 23)])
def test_a_program_killed_between_two_steps_loses_no_copy_and_no_visit(tmp_path: Path, act: str, stride: int) -> None:
    told = kill_copies.run(tmp_path, act, stride)

    assert told.kills > 5
    assert told.wrong == ()


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured as Linux does")
def test_a_bundle_with_as_much_as_one_may_hold_is_read_in_little_memory(tmp_path: Path) -> None:
    # All limits but those on entries and parts, of which a tenth is there.
    told = peak_of(bundle_at_its_limits(tmp_path, entries=20_000, parts=1_900))

    assert (told.entries, told.seals) == (20_000, 256)
    assert told.mebibytes <= 180
