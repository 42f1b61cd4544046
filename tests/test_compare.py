"""A folder beside a laptop, visit by visit: what is where, who put it there, who has confirmed."""

from pathlib import Path

from assessor_tui.carry.compare import compare
from assessor_tui.carry.folder import look
from assessor_tui.visit import Visit
from tests.shared_folder import attach, photo, pulled, pushed
from tests.small_visit import begin, ids, laptop, say


def test_each_visit_here_or_there_is_told_once_with_what_is_missing_where(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    with laptop(tmp_path / "ann", "Ann", "lead") as ann, laptop(tmp_path / "bob", "Bob") as bob:
        first, second = begin(ann, "a", application_number="EP-1"), begin(ann, "c", site_name_en="Other Works")
        (before,) = compare(ann, look(ann, folder), [first.id])
        assert (before.here, before.due.entries, before.coming.bundles) == (True, len(ann.hashes(first.id)), ())
        assert before.standing.not_sent == before.standing.saved > 0 and before.deliveries == ()
        pushed(first, folder)
        pushed(second, folder)
        new = {each.visit: each for each in compare(bob, look(bob, folder))}
        assert set(new) == {first.id, second.id} and not any(each.here for each in new.values())
        assert [new[each].called for each in (first.id, second.id)] == ["EP-1 Mock-Works", "Other-Works"]
        assert new[first.id].senders == ("Ann",) and new[first.id].coming.entries == before.due.entries
        pulled(bob, folder, [first.id])
        theirs = Visit(bob, first.id, new_id=ids("b"))
        say(theirs, "words", "Bob's")
        attach(theirs, photo(1))
        (mine, other) = compare(bob, look(bob, folder))
        assert (mine.visit, mine.here, mine.due.entries, len(mine.due.files)) == (first.id, True, 2, 1)
        assert (other.visit, other.here) == (second.id, False)
        pushed(theirs, folder)
        pulled(ann, folder)
        (heard,) = compare(ann, look(ann, folder), [first.id])
        assert [(each.person, each.has) for each in heard.deliveries] == [("Bob", heard.standing.saved)]
        assert heard.senders == ("Ann", "Bob") and heard.due.receipt and not heard.due.entries
