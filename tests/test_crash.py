"""An error of the program leaves a note without answers."""

from textual.worker import WorkerFailed

from assessor_tui.crash import write_crash_note


def test_a_crash_note_says_where_and_never_what(tmp_path):
    def fail(answer):
        raise ValueError(answer)

    try:
        fail("the secret answer")
    except ValueError as error:
        first = write_crash_note(tmp_path / "notes", error)
        second = write_crash_note(tmp_path / "notes", error)
    assert first.name == "crash-001.txt"
    assert second.name == "crash-002.txt"
    assert "secret" not in first.read_text(encoding="utf-8")
    assert "test_crash.py" in first.read_text(encoding="utf-8")
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert write_crash_note(tmp_path / "file" / "below", ValueError()) is None


def test_the_note_of_work_beside_the_screen_says_where_it_failed(tmp_path):
    try:
        int("the secret answer")
    except ValueError as error:
        note = write_crash_note(tmp_path, WorkerFailed(error)).read_text(encoding="utf-8")
    assert "test_crash.py" in note
    assert "secret" not in note
