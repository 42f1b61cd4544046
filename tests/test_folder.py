"""What a shared folder holds is read from its bundles, each once; whatever else lies there is left alone."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_tui.bundle.error import CUT_SHORT
from assessor_tui.carry.folder import FolderGone, InTheData, NoFolder, joined, look, numbers_in, outside, usable
from assessor_tui.carry.holding import standing
from assessor_tui.carry.pull import coming, pull, to_pull
from assessor_tui.carry.push import due, push
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Visit
from tests.small_visit import begin, ids, laptop, say


class World(NamedTuple):
    """A lead and an assessor with one visit, and a folder between them."""

    ann: Visit
    bob: Store
    folder: Path

    def listed(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    folder = tmp_path / "shared"
    folder.mkdir()
    with laptop(tmp_path / "ann", "Ann", "lead") as ann, laptop(tmp_path / "bob", "Bob") as bob:
        yield World(begin(ann, application_number="EP-1"), bob, folder)


def all_pushed(visit: Visit, folder: Path) -> list[tuple[str, int, int]]:
    return [(each.kind, each.entries, each.files) for each in push(visit.store, [visit], folder)]


def test_what_one_laptop_pushes_another_pulls_and_neither_sends_it_again(world: World) -> None:
    ann, bob, folder = world
    count = len(ann.store.hashes(ann.id))
    assert all_pushed(ann, folder) == [("entries", count, 0)]
    (name,) = world.listed()
    (shelved,) = look(ann.store, folder).bundles
    assert name == f"EP-1_Mock-Works_Ann_2026-11-12_delta_{shelved.digest[:16]}.zip"
    assert all_pushed(ann, folder) == []
    (merged,) = pull(bob, folder)
    assert merged.new == count and bob.hashes(ann.id) == ann.store.hashes(ann.id)
    assert list(pull(bob, folder)) == []
    there = Visit(bob, ann.id, new_id=ids("b"))
    say(there, "words", "Seen at the gate")
    assert all_pushed(there, folder) == [("entries", 1, 0)], "what Ann has pushed is there already"
    assert [each.new for each in pull(ann.store, folder)] == [1]
    assert all_pushed(ann, folder) == [("receipt", 0, 0)], "so that Bob knows that it has arrived"
    assert all_pushed(ann, folder) == [] and all_pushed(there, folder) == []
    list(pull(bob, folder))
    assert standing(bob, ann.id) == (1, 0, 0)
    assert all_pushed(ann, folder) == [] and all_pushed(there, folder) == [], "a receipt is not answered by another"
    assert bob.hashes(ann.id) == ann.store.hashes(ann.id)
