"""What was being answered when, off one device's log."""

from assessor_tui.assess.moments import Moment, around, moments
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.value import Evidence
from tests.small_visit import begin, laptop, say


def test_where_somebody_was_is_read_off_the_answers_and_not_off_what_the_program_filled_in(tmp_path):
    with laptop(tmp_path / "data", "Ann") as store:
        visit = begin(store)
        say(visit, "meter", ("yes",))
        row = visit.record(acts.ADD_ROW, "check", "outlets").entries[0][1].path
        visit.record(acts.NOTE, "check", "words", "smell")
        visit.record(acts.ATTACH, "check", "plan", Evidence("interview", {"post": "manager"}))
        visit.record(acts.NOTE, "", "", "a jot is nowhere")
        assert store.device is not None
        known = moments(visit.state, store.device.id)
        assert [moment.path for moment in known] == ["meter", row, "words"]
        assert moments(visit.state, "0" * 32) == []


def test_the_last_place_before_and_the_next_other_one_after():
    known = [Moment(10, "f", "a"), Moment(20, "f", "a"), Moment(30, "f", "b")]
    assert around(known, 5) == (None, known[0])
    assert around(known, 10) == (known[0], known[2])
    assert around(known, 99) == (known[2], None)
    assert around([], 1) == (None, None)
