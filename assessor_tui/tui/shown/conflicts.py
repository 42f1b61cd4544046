"""What a conflict is about, as values: sides with who, when and why, what stood before, what each does to the score.

No widget and nothing of the screen; ``conflict_card`` draws it.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from assessor_tui.assess.score import most_points, points_of
from assessor_tui.form.model import in_language
from assessor_tui.i18n import _, ngettext
from assessor_tui.i18n.sentences import reason_words
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.clock import hong_kong_time
from assessor_tui.ledger.entry import Entry
from assessor_tui.ledger.state import (
    FORK,
    LATE,
    ROW,
    SIGNED,
    VALUE,
    VERSION,
    Conflict,
    Head,
    VisitState,
    device_letters,
)
from assessor_tui.ledger.undo import said_first
from assessor_tui.ledger.undo import sides_of as replaced_sides
from assessor_tui.ledger.value import Evidence
from assessor_tui.logic.filling import Filling
from assessor_tui.tui.shown import words
from assessor_tui.tui.shown.question_card import evidence_words
from assessor_tui.waiting import Waits, conflicts_waiting

if TYPE_CHECKING:
    from assessor_tui.visit import Visit

_TRAIL = 5
"""Steps of an answer's way that are shown, the last ones."""


class Case(NamedTuple):
    """One line of the list: a conflict that is open, or one that somebody has settled."""

    conflict: Conflict
    key: tuple[str, str, str]
    """Kind, form and path (of a fork: the device)."""
    settled: Head | None = None
    """The entry that settled it; None while it is open."""

    @property
    def target(self) -> str:
        """``form/path`` of what it is about."""
        return f"{self.conflict.form}/{self.conflict.path}"


class Step(NamedTuple):
    """One step on the way of an answer."""

    when: str
    said: str


class Side(NamedTuple):
    """One side of a conflict, as people read it."""

    heads: tuple[Head, ...]
    """The entries behind it; the first is what taking this side takes."""
    person: str
    letters: str
    """Three letters of the laptop; ``""`` when several stand behind it."""
    when: str
    said: str
    points: str = ""
    why: str = ""
    notes: tuple[str, ...] = ()
    proof: tuple[str, ...] = ()
    trail: tuple[Step, ...] = ()
    """What this side had said earlier, oldest first; of a row, what was answered in it."""
    inside: bool = False
    """True when ``trail`` are answers inside a row."""
    counts: bool = False
    """True for the side that counts while nobody has decided."""

    @property
    def entry(self) -> Entry:
        """What taking this side takes."""
        return self.heads[0][1]


def when_words(at: int) -> str:
    """Day and time of microseconds since 1970, as the summary says them."""
    return f"{hong_kong_time(at):%Y-%m-%d %H:%M}"


def cases(visit: "Visit") -> list[Case]:
    """Open conflicts, the most urgent kind first, then settled ones; each group in walking order."""
    found = [Case(each.about, each.key) for each in conflicts_waiting(visit) if isinstance(each.about, Conflict)]
    return [*found, *settled_cases(visit)]


def rows_of_list(visit: "Visit", beside: Sequence[Waits], kind: str = "") -> "list[Case | Waits]":
    """Everything that waits, the most urgent kind first, then what was settled; of one kind only when it is named."""
    found: list[Case | Waits] = [
        Case(each.about, each.key) if isinstance(each.about, Conflict) else each
        for each in conflicts_waiting(visit, beside)
        if kind in ("", each.kind)
    ]
    return found if kind else [*found, *settled_cases(visit)]


def settled_cases(visit: "Visit") -> list[Case]:
    """What somebody has settled, in walking order."""
    settled = [
        Case(Conflict(VALUE, entry.form, entry.path, sides), (VALUE, entry.form, entry.path), (digest, entry))
        for digest, entry in visit.state.arrived_after(0)
        if entry.act == acts.SETTLE and entry.path and (sides := _settled_sides(visit.state, digest, entry))
    ]
    order = _walking_order(visit, settled)
    return sorted(settled, key=order.__getitem__)


def _settled_sides(state: VisitState, digest: str, settle: Entry) -> tuple[Head, ...]:
    """What a settle chose between, when it still stands; through later settles back to the first one."""
    if digest not in dict(state.heads(settle.form, settle.path, settle.act)):
        return ()
    at: Entry | None = settle
    while at is not None and at.act == acts.SETTLE:
        replaced = replaced_sides(state, at)
        if len(replaced) > 1:
            return tuple(replaced)  # as they stood while it was open
        at = replaced[0][1] if replaced else None
    return ()


def _walking_order(visit: "Visit", found: Sequence[Case]) -> dict[Case, tuple[int, int, str]]:
    forms = {name: index for index, name in enumerate(visit.forms)}
    places: dict[str, dict[str, int]] = {}
    order = {}
    for case in found:
        form, path = case.conflict.form, case.conflict.path
        if form not in places:
            items = visit.filling(form).items() if form in forms else ()
            places[form] = {item.path: index for index, item in enumerate(items)}
        order[case] = forms.get(form, -1), places[form].get(path, -1), path
    return order


def place_words(visit: "Visit", form: str, path: str, tag: str) -> tuple[str, str]:
    """Number and label of what stands at a place, also of rows, of questions in them, and of the visit itself."""
    if form not in visit.forms:
        return "", _("the whole visit")
    if not path:
        return visit.forms[form].number, in_language(visit.forms[form].title, tag)
    filling = visit.filling(form)
    row = path[: path.rindex("]") + 1] if "]" in path else ""
    before = of_row = ""
    if row and row != path:
        of_row = row_number(visit, form, row)
        before = f"{_row_label(filling, row)}: "
    try:
        now = filling.state(path)
    except KeyError:
        label = _row_label(filling, path) if row == path else path.rpartition("/")[2]
        return row_number(visit, form, path) if row == path else of_row, before + (label or path.partition("[")[0])
    number = now.question.number
    if not number:
        return of_row, before + filling.label(path, tag)
    return number, " ".join(part for part in (of_row, before + filling.label(path, tag)) if part)


def _row_label(filling: Filling, row: str) -> str:
    try:
        return filling.row_label(row)
    except KeyError:
        return ""


def row_number(visit: "Visit", form: str, row: str) -> str:
    """What people speak for the row."""
    from assessor_tui.form.model import Repeat, walk

    name = row.partition("[")[0]
    letter = next(
        (node.row_letter for _path, node in walk(visit.forms[form].children)
         if isinstance(node, Repeat) and node.name == name),
        "",
    )  # fmt: skip
    return visit.state.row_number(form, row, letter)


def said_words(visit: "Visit", entry: Entry, tag: str) -> str:
    """What one entry says, as people read it."""
    if entry.value is not None and entry.act in (acts.ANSWER, acts.SETTLE):
        try:
            return words.value_words(visit.filling(entry.form), entry.path, entry.value, tag)
        except KeyError:
            return str(entry.value)
    return {
        acts.ANSWER: _("no answer"),
        acts.SETTLE: _("no answer"),
        acts.CLEAR: _("no answer: taken back"),
        acts.NOT_APPLICABLE: _("not applicable"),
        acts.TO_COME: _("to come"),
        acts.ADD_ROW: _("the row is kept"),
        acts.REMOVE_ROW: _("the row is removed"),
        acts.JOIN_ROWS: _("the row is joined with another"),
        acts.SIGN: _("signed"),
        acts.REOPEN: _("opened again"),
        acts.USE_FORM: _("form version {version}").format(version=entry.version),
        acts.ATTACH: _("proof attached"),
        acts.NOTE: _("note"),
    }.get(entry.act, entry.act)


def what_to_do(kind: str, *, signed: bool, sides: int) -> tuple[tuple[str, str], ...]:
    """(key, words) of what can be done about a conflict, besides leaving it open."""
    choose = f"1-{sides}" if sides > 1 else "1"
    if signed and kind == LATE:
        return (("1", _("go to the review: once the lead reopens the visit, this counts like any other answer")),)
    if signed or kind == SIGNED:
        return (("1", _("go to the review: the lead reopens the visit with a reason, then it is decided")),)
    if kind == FORK:
        return (("1", _("both are kept for good; say with a reason that this is understood")),)
    if kind == ROW:
        return (("1", _("keep the row with everything in it")), ("2", _("remove it")))
    if kind == VERSION and sides == 1:
        return (("1", _("let the answer stand under the version in use")), ("F2", _("write a new answer")))
    if kind == LATE:
        return ((choose, _("let this side stand, with a reason")), ("F2", _("write a new answer")))
    return (
        (choose, _("let this side stand, with a reason")),
        ("F2", _("write a new answer; all notes and proof are kept")),
    )


def sides_of(visit: "Visit", case: Case, tag: str, *, hidden: bool = False) -> tuple[Side, ...]:
    """The sides in the order of their digits. ``hidden`` True leaves out notes, reasons, points and the way there."""
    conflict = case.conflict
    if conflict.kind == ROW:
        return tuple(_row_sides(visit, conflict, tag, hidden=hidden))
    heads = conflict.heads
    return tuple(
        _side(visit, head, tag, others=[each for each in heads if each is not head], hidden=hidden, counts=index == 0)
        for index, head in enumerate(heads)
    )


def _side(visit: "Visit", head: Head, tag: str, *, others: Sequence[Head], hidden: bool, counts: bool) -> Side:
    state = visit.state
    entry = said_first(state, head)[1]  # not who opened a settled conflict again
    form, path = entry.form, entry.path
    evidence = [each.value for _digest, each in state.evidence(form, path) if each.device == entry.device]
    side = Side(
        (head,),
        entry.person,
        device_letters(entry.device),
        when_words(entry.at),
        said_words(visit, entry, tag),
        proof=tuple(evidence_words(value) for value in evidence if isinstance(value, Evidence)) if path else (),
        counts=counts,
    )
    if hidden:
        return side
    notes = [str(each.value) for _digest, each in state.notes(form, path) if each.device == entry.device]
    first = said_first(state, head)
    theirs = {digest for other in others for digest, _entry in way_of(state, said_first(state, other))}
    way = [each for each in way_of(state, first) if each[0] not in theirs]
    steps = [Step(when_words(each.at), said_words(visit, each, tag)) for _digest, each in way[-_TRAIL - 1 : -1]]
    return side._replace(
        points=_points(visit, entry),
        why=reason_words(entry, visit.today),
        notes=tuple(notes) if path else (),
        trail=tuple(steps),
    )


def _points(visit: "Visit", entry: Entry) -> str:
    try:
        question = visit.filling(entry.form).state(entry.path).question
    except KeyError:
        return ""
    if entry.act not in (acts.ANSWER, acts.SETTLE) or entry.value is None or not most_points(question):
        return ""
    earned = points_of(question, entry.value)
    if earned is None:
        return ""
    return _("{points} of {most} points").format(
        points=words.number_words(earned), most=words.number_words(most_points(question))
    )


def _row_sides(visit: "Visit", conflict: Conflict, tag: str, *, hidden: bool) -> Iterator[Side]:
    """Two sides: whoever keeps the row or worked in it, and whoever removed it."""
    gone = tuple(head for head in conflict.heads if head[1].act in (acts.REMOVE_ROW, acts.JOIN_ROWS))
    kept = tuple(head for head in conflict.heads if head not in gone)
    for heads, said in ((kept, _("the row is kept")), (gone, _("the row is removed"))):
        if not heads:
            continue
        last = max(heads, key=lambda head: head[1].at)[1]
        inside = [each for _digest, each in heads if each.path != conflict.path]
        people = _(", ").join(dict.fromkeys(each.person for _digest, each in heads))
        letters = {device_letters(each.device) for _digest, each in heads}
        if inside:
            said += _("; ") + ngettext(
                "{count} answer in it that nobody had seen", "{count} answers in it that nobody had seen", len(inside)
            ).format(count=len(inside))
        steps = tuple(
            Step(
                when_words(each.at),
                f"{_label(visit, each, tag)}: {said_words(visit, each, tag)}",
            )
            for each in inside[:_TRAIL]
        )
        why = "" if hidden else last.why
        letter = letters.pop() if len(letters) == 1 else ""
        yield Side(
            heads, people, letter, when_words(last.at), said, why=why, trail=() if hidden else steps, inside=True
        )


def _label(visit: "Visit", entry: Entry, tag: str) -> str:
    try:
        return visit.filling(entry.form).label(entry.path, tag)
    except KeyError:
        return entry.path.rpartition("/")[2]


def way_of(state: VisitState, head: Head) -> list[Head]:
    """The entries that led to this one at its place, oldest first, itself last."""
    way: list[Head] = []
    waiting, met = [head], set()
    while waiting:
        digest, entry = waiting.pop()
        if digest in met:
            continue
        met.add(digest)
        way.append((digest, entry))
        waiting += [(ref[-32:], before) for ref in entry.replaces if (before := state.entry(ref[-32:])) is not None]
    return sorted(way, key=lambda each: (each[1].at, each[1].device, each[1].seq))


def before_words(visit: "Visit", conflict: Conflict, tag: str) -> str:
    """What stood before the sides went apart: the last entry that all of them replaced; ``""`` for a single side."""
    if len(conflict.heads) < 2 or conflict.kind in (ROW, FORK, SIGNED):
        return ""
    ways = [dict(way_of(visit.state, said_first(visit.state, head))) for head in conflict.heads]
    common = [entry for digest, entry in ways[0].items() if all(digest in way for way in ways[1:])]
    last = max(common, key=lambda entry: entry.at, default=None)
    if last is None:
        return _("no answer")
    return f"{said_words(visit, last, tag)}   {last.person}   {when_words(last.at)}"


def others_said(visit: "Visit", conflict: Conflict) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Notes of people who are on no side, and comments; each with its person."""
    state, form, path = visit.state, conflict.form, conflict.path
    if not path or conflict.kind == FORK:
        return (), ()
    devices = {entry.device for _digest, entry in conflict.heads}
    notes = [f"{entry.person}: {entry.value}" for _d, entry in state.notes(form, path) if entry.device not in devices]
    comments = [f"{entry.person}: {entry.value}" for _digest, entry in state.comments(form, path)]
    return tuple(notes), tuple(comments)


def usual_reasons(side: Side | None, others: Sequence[Side]) -> tuple[str, ...]:
    """Reasons that lead people usually have, for digits; ``side`` is the one taken, None for a new answer."""
    if side is None:
        return (
            _("checked again together on site"),
            _("both are partly right"),
            _("new document was shown"),
            _("agreed by the team"),
        )
    reasons = [
        _("{person} saw it later").format(person=side.person),
        _("{person} has the document").format(person=side.person),
        _("checked together on site"),
    ]
    if len(others) == 1:
        reasons.append(_("{person} made a typing mistake").format(person=others[0].person))
        reasons.append(_("{person} looked at another place or period").format(person=others[0].person))
    reasons.append(_("agreed by the team"))
    return tuple(reasons)
