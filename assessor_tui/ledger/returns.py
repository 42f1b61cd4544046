"""What a lead or reviewer has returned: whether it still waits for an answer, and what has answered it.

A return is an entry that asks for a question, row, section, form or the whole visit to be looked at again. It is open
until its question is answered anew by somebody who knew of it, a comment replies to it, the row it stands in goes, or
it is taken back: by the laptop that recorded it, or by an ``over``, which is a return, too, so that a roster keeps out
that of anybody who may not return. All of it is a function of the set of entries: every laptop says the same, whatever
came first.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from assessor_tui.ledger.entry import ADD_ROW, ANSWER, ANSWERING, COMMENT, RETURN, WITHDRAW, Entry
from assessor_tui.ledger.state import ROW, Head, VisitState, row_paths, status_of
from assessor_tui.ledger.value import Value

RETURNERS = frozenset({"lead", "reviewer", "authority"})
"""Roles of devices on which something may be returned, as long as no roster says more."""

OPEN = "open"
ANSWERED, REPLIED, ROW_REMOVED = "answered", "replied", "row removed"
DONE, TAKEN_BACK, AGAIN = "done", "taken back", "returned again"

TO_LOOK_AT = frozenset({ANSWERED, REPLIED, ROW_REMOVED})
"""States in which it is the returner's turn: to say that it is done, or to return it again."""


class Return(NamedTuple):
    """One return and what has become of it."""

    digest: str
    """Hash of its entry."""
    entry: Entry
    """Who returned what, when and (``why``) for what reason."""
    state: str = OPEN
    """``open``; ``answered``, ``replied``, ``row removed``: its author looks again; else it is over: ``done``,
    ``taken back``, ``returned again``."""
    by: Head | None = None
    """What ended it; None while it is open."""

    @property
    def is_open(self) -> bool:
        """True while it waits for an answer."""
        return self.state == OPEN

    @property
    def is_to_look_at(self) -> bool:
        """True once it was answered, until somebody has looked."""
        return self.state in TO_LOOK_AT


def returns_of(state: VisitState) -> tuple[Return, ...]:
    """Every return of the visit, the oldest first."""
    return tuple(_return(state, head) for head in _oldest_first(state.returned))


def returns_at(state: VisitState, form: str, path: str) -> tuple[Return, ...]:
    """Every return at this place, the oldest first."""
    here = (head for head in state.returned if (head[1].form, head[1].path) == (form, path))
    return tuple(_return(state, head) for head in _oldest_first(here))


def open_returns(state: VisitState) -> tuple[Return, ...]:
    """Returns that wait for an answer, the oldest first."""
    return tuple(each for each in returns_of(state) if each.is_open)


def open_places(state: VisitState) -> frozenset[tuple[str, str]]:
    """Form and path of each place where a return waits for an answer."""
    return frozenset((each.entry.form, each.entry.path) for each in open_returns(state))


def to_look_at(state: VisitState) -> tuple[Return, ...]:
    """Returns that were answered since and at which nobody has looked again, the oldest first."""
    return tuple(each for each in returns_of(state) if each.is_to_look_at)


def return_of(state: VisitState, digest: str) -> Return | None:
    """The return of that hash with what has become of it; None when there is none."""
    entry = state.entry(digest)
    return _return(state, (digest, entry)) if entry is not None and entry.act == RETURN and not is_over(entry) else None


def says_of_return(state: VisitState, act: str, replaces: Iterable[str]) -> bool:
    """True for an act of the talk beside the answers: a return, a comment, or what takes only such away.

    It changes nothing of what was signed, so it may stand under a signature.
    """
    if act in (RETURN, COMMENT):
        return True
    named = [state.entry(each[-32:]) for each in replaces] if act == WITHDRAW else []
    return bool(named) and all(each is not None and each.act in (RETURN, COMMENT) for each in named)


def is_over(entry: Entry) -> bool:
    """True for a ``return`` that asks for nothing: it says of what others have returned that it is over."""
    return entry.act == RETURN and entry.value is not None


def _oldest_first(heads: Iterable[Head]) -> list[Head]:
    return sorted(heads, key=lambda head: (head[1].at, head[1].device, head[1].seq, head[0]))


def _return(state: VisitState, head: Head) -> Return:
    digest, entry = head
    answer = _answer(state, head)
    after = _named_by(state, head)
    if later := min((each for each in after if each[1].act == RETURN and not is_over(each[1])), default=None):
        return Return(digest, entry, AGAIN, later)
    if taken := min((each for each in after if _ends(each[1], entry)), default=None):
        done = answer is not None and state.knows(taken, answer[1])
        return Return(digest, entry, DONE if done else TAKEN_BACK, taken)
    if again := min(_after_an_answer(state, head), default=None):
        return Return(digest, entry, AGAIN, again)
    return Return(digest, entry, *answer) if answer is not None else Return(digest, entry)


def _after_an_answer(state: VisitState, head: Head) -> Iterator[Head]:
    """Returns of the same place whose authors had looked at an answer to this one, and that nobody took back."""
    place = head[1].form, head[1].path
    again = [each for each in state.returned if (each[1].form, each[1].path) == place and state.knows(each, head)]
    if not again:
        return
    said = [each for each in state.history(*place) if each[1].act in ANSWERING and state.knows(each, head)]
    answers = [each for each in said if status_of(each[1]) != "missing"]
    answers += (each for each in _named_by(state, head) if each[1].act == COMMENT)
    for each in again:
        if any(state.knows(each, answer) for answer in answers) and not _is_taken_back(state, each):
            yield each


def _named_by(state: VisitState, head: Head) -> list[Head]:
    """What names the return as something it takes the place of, or answers."""
    beside = state.history(head[1].form, head[1].path)
    return [each for each in beside if any(ref[-32:] == head[0] for ref in each[1].replaces)]


def _ends(entry: Entry, returned: Entry) -> bool:
    """True for what takes a return back, or says that it is done.

    A ``withdraw`` may be recorded by anybody, so it ends only what its own laptop has returned: whoever was returned
    something cannot make that go.
    """
    return is_over(entry) or (entry.act == WITHDRAW and entry.device == returned.device)


def _is_taken_back(state: VisitState, head: Head) -> bool:
    """True for a return that somebody took back before it was answered."""
    taken = [each for each in _named_by(state, head) if _ends(each[1], head[1])]
    answer = _answer(state, head) if taken else None
    return any(answer is None or not state.knows(each, answer[1]) for each in taken)


def _answer(state: VisitState, head: Head) -> tuple[str, Head] | None:
    """How the return was answered and by what; None while it was not."""
    digest, entry = head
    if (gone := _row_gone(state, entry.form, entry.path)) is not None:
        return ROW_REMOVED, gone
    if reply := min(_replies(state, entry.form, entry.path, digest), default=None):
        return REPLIED, reply
    if entry.path and (anew := min(_answers_since(state, head), default=None)):
        return ANSWERED, anew
    return None


def _row_gone(state: VisitState, form: str, path: str) -> Head | None:
    """What removed a row that the place stands in; None while all of them stand, or are counted by the form."""
    for row in row_paths(path):
        heads = state.row_heads(form, row)
        if heads and not any(each.act == ADD_ROW for _, each in heads) and (ROW, form, row) not in state.conflicts:
            return heads[0]
    return None


def _replies(state: VisitState, form: str, path: str, digest: str) -> Iterator[Head]:
    """Comments that stand and name what has this hash, or name one of these comments: it was worded anew."""
    known, found = {digest}, True
    comments = [each for each in state.history(form, path) if each[1].act == COMMENT]
    while found:
        found = False
        for each in comments:
            if each[0] not in known and any(ref[-32:] in known for ref in each[1].replaces):
                known.add(each[0])
                found = True
    return (each for each in comments if each[0] in known and each[1].value and state.stands(each[0]))


def _answers_since(state: VisitState, head: Head) -> Iterator[Head]:
    """Heads of the question that somebody has put there who knew of the return, and that say something else.

    An answer taken back by undo says what stood before, so the return waits again.
    """
    entry = head[1]
    heads = state.heads(entry.form, entry.path, ANSWER)
    if not heads:
        return
    at_place = [each for each in state.history(entry.form, entry.path) if each[1].act in ANSWERING]
    knowing = {each[0] for each in at_place if state.knows(each, head)}
    if not knowing:
        return
    seen = {_said(each[1]) for each in _seen_by(state, head, at_place)}
    replaced = {each[0]: [ref[-32:] for ref in each[1].replaces] for each in at_place}
    for each in heads:
        if status_of(each[1]) != "missing" and _said(each[1]) not in seen and _reaches(each[0], replaced, knowing):
            yield each


def _seen_by(state: VisitState, head: Head, entries: Iterable[Head]) -> list[Head]:
    """Those of the entries that stood when the author of ``head`` looked."""
    seen = [each for each in entries if state.knows(head, each)]
    gone = {ref[-32:] for _, each in seen for ref in each.replaces}
    return [each for each in seen if each[0] not in gone]


def _reaches(digest: str, replaced: dict[str, list[str]], wanted: set[str]) -> bool:
    """True when the entry, or one that it took the place of (and so on), is wanted."""
    waiting, met = [digest], set()
    while waiting:
        one = waiting.pop()
        if one in wanted:
            return True
        if one not in met:
            met.add(one)
            waiting += replaced.get(one, ())
    return False


def _said(entry: Entry) -> tuple[str, Value | None, str]:
    return status_of(entry), entry.value, entry.why
