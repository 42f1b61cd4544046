"""One program writes at a time."""

import subprocess
import sys

import pytest

from assessor_tui.store import errors, lock


def test_the_lock_is_for_one_and_can_be_given_back(tmp_path):
    held = lock.take(tmp_path)
    with pytest.raises(errors.LedgerOpenElsewhere):
        lock.take(tmp_path)
    held.release()
    lock.take(tmp_path).release()


def test_a_killed_program_leaves_no_lock_behind(tmp_path):
    program = (
        "import os, sys, pathlib\nfrom assessor_tui.store import lock\n"
        "held = lock.take(pathlib.Path(sys.argv[1]))\nos._exit(1)"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
    lock.take(tmp_path).release()


def test_a_lock_that_cannot_be_written_is_one_clear_error(tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(errors.FolderNotWritable):
        lock.take(tmp_path / "file")
