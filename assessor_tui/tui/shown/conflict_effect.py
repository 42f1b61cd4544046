"""What each side of a conflict would do to the score, worked out beside the visit and without changing it."""

from typing import TYPE_CHECKING, NamedTuple

from assessor_tui.assess.score import Interval, combined, form_score
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.entry import Entry, reference
from assessor_tui.ledger.state import FORK, SIGNED, Conflict, VisitState

if TYPE_CHECKING:
    from assessor_tui.assess.results import Results
    from assessor_tui.tui.shown.conflicts import Side
    from assessor_tui.visit import Visit


class Effect(NamedTuple):
    """What the score comes to."""

    form: Interval | None
    """Of the conflict's form, out of 100; None when it does not count."""
    total: Interval
    levels: tuple[str, ...]


def effect_now(visit: "Visit", results: "Results", form: str) -> Effect:
    """The score as it stands."""
    score = results.score(visit.scheme, visit.category)
    part = score.form(form)
    share = Interval(part.share.least * 100, part.share.most * 100) if part is not None else None
    return Effect(share, score.hundred, score.levels)


def effect_of(visit: "Visit", results: "Results", conflict: Conflict, side: "Side") -> Effect | None:
    """The score as it would be with this side taken; None when taking it means more than an answer."""
    form = conflict.form
    if form not in visit.checklists or conflict.kind in (FORK, SIGNED) or not conflict.path:
        return None
    state = settled_state(visit, conflict, side)
    filling = visit.filled(form, state)
    scores = visit.extent.scores
    scored = {
        use.form: form_score(filling, state, scores=scores) if use.form == form else results.form_score(use.form)
        for use in visit.category.forms
        if use.form in visit.forms
    }
    score = combined(visit.scheme, visit.category, scored)
    part = score.form(form)
    share = Interval(part.share.least * 100, part.share.most * 100) if part is not None else None
    return Effect(share, score.hundred, score.levels)


def settled_state(visit: "Visit", conflict: Conflict, side: "Side") -> VisitState:
    """What the visit would say with this side taken; the visit itself stays as it is."""
    before = visit.state
    state = VisitState(before.entries())
    taken = side.entry
    value = taken.value
    if conflict.path.endswith("]"):
        act = taken.act if taken.act in (acts.REMOVE_ROW, acts.JOIN_ROWS) else acts.ADD_ROW
        value = value if act == acts.JOIN_ROWS else None
    else:
        act = taken.act if taken.act in (acts.NOT_APPLICABLE, acts.TO_COME) else acts.SETTLE
    replaces = tuple(
        sorted(
            reference(entry.device, entry.seq, digest)
            for digest, entry in before.heads(conflict.form, conflict.path, act)
        )
    )
    device = "f" * 32  # a laptop that there is not: its log holds this one entry, which knows all the others
    seen = []
    for each in before.devices():
        digest, last = before.log(each)[-1]
        seen.append(reference(each, last.seq, digest))
    entry = Entry(
        visit.id, device, 1, "", taken.at + 1, taken.person, act, conflict.form,
        visit.versions.get(conflict.form, ""), conflict.path, value, replaces, tuple(sorted(seen)), "-",
    )  # fmt: skip
    state.add("f" * 32, entry)
    return state
