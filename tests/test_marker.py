"""The word outside the database about how far a device had come."""

from assessor_tui.store.marker import CLONED, RESTORED, Marker, doubt, forbid, place_of, this_machine


def test_a_ledger_that_knows_less_than_the_marker_was_restored(tmp_path):
    marker = Marker(tmp_path / "marks" / "device", tmp_path, 5)
    marker.move(7)
    marker.close()
    assert doubt(tmp_path / "marks" / "device", tmp_path, 6) == RESTORED
    assert doubt(tmp_path / "marks" / "device", tmp_path, 7) == ""
    assert doubt(tmp_path / "marks" / "device", tmp_path, 8) == "", "a marker may lag behind"


def test_a_ledger_without_its_marker_came_from_another_laptop(tmp_path):
    assert doubt(tmp_path / "none", tmp_path, 1) == CLONED
    assert doubt(tmp_path / "none", tmp_path, 0) == CLONED, "a laptop that was set up and copied before its first entry"


def test_a_ledger_on_another_machine_is_a_clone_also_when_everything_was_copied(tmp_path):
    Marker(tmp_path / "marker", tmp_path, 3, "machine one").close()
    assert doubt(tmp_path / "marker", tmp_path, 3, "machine one") == ""
    assert doubt(tmp_path / "marker", tmp_path, 3, "machine two") == CLONED
    assert doubt(tmp_path / "marker", tmp_path, 3, "") == "", "nobody can tell"
    Marker(tmp_path / "marker", tmp_path, 4).close()
    assert doubt(tmp_path / "marker", tmp_path, 4, "machine two") == "", "an older program has not said it"


def test_this_machine_is_told_by_a_word_that_does_not_give_it_away():
    assert this_machine() == this_machine()
    assert len(this_machine()) in (0, 16)


def test_what_was_forbidden_is_doubted_however_much_was_written(tmp_path):
    forbid(tmp_path / "marks", tmp_path, "device")
    assert doubt(tmp_path / "marks" / "device", tmp_path, 10**9) == RESTORED
    assert [path.name for path in (tmp_path / "marks").iterdir()] == ["device"]


def test_a_marker_inside_the_folder_counts_until_there_is_one_outside(tmp_path):
    outside = tmp_path / "marks"
    assert place_of(outside, tmp_path, "device") == outside / "device"
    Marker(tmp_path / "markers" / "device", tmp_path, 3).close()
    assert place_of(outside, tmp_path, "device") == tmp_path / "markers" / "device"
    Marker(outside / "device", tmp_path, 3).close()
    assert place_of(outside, tmp_path, "device") == outside / "device"


def test_a_broken_marker_is_no_marker(tmp_path):
    (tmp_path / "marker").write_bytes(b"\xff\xfe")
    assert doubt(tmp_path / "marker", tmp_path, 1) == CLONED


def test_a_ledger_whose_twin_still_stands_elsewhere_is_a_clone(tmp_path):
    home, clone = tmp_path / "home", tmp_path / "clone"
    home.mkdir()
    Marker(tmp_path / "marker", home, 3).close()
    assert doubt(tmp_path / "marker", clone, 3) == "", "moved"
    (home / "ledger.sqlite3").touch()
    assert doubt(tmp_path / "marker", clone, 3) == CLONED
    assert doubt(tmp_path / "marker", home, 3) == ""


def test_a_marker_is_never_empty_while_it_is_opened_again(tmp_path):
    long, short = tmp_path / ("x" * 80), tmp_path
    Marker(tmp_path / "marker", long, 3).close()
    Marker(tmp_path / "marker", short, 4).close()
    assert (tmp_path / "marker").read_text(encoding="utf-8") == f"{4:016d}\n{short}\n"
