"""A visit goes over to another version of one of its forms: what that would mean, and doing it, as one append.

No answer is lost: what the new version does not ask any more stays in the ledger, and undo goes back to the old one.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from assessor_tui.form.canonical import form_hash
from assessor_tui.form.diff import Change, diff, is_same_question, nodes
from assessor_tui.form.model import SILENT_TYPES, Form, Question, Repeat
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.draft import NO_ANSWER, Draft, clean_value
from assessor_tui.ledger.entry import clean, generic_path, row_path
from assessor_tui.ledger.state import VERSION, Conflict, agree
from assessor_tui.ledger.value import MAX_TEXT, Evidence, Quantity, Value, names
from assessor_tui.logic.beginnings import begin_all
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.filling import Filling
from assessor_tui.logic.views import ANSWERED, MISSING, Context, QuestionState
from assessor_tui.new_visit import form_context
from assessor_tui.problem import Place, Problem
from assessor_tui.settling import Planned
from assessor_tui.visit import Recorded, Visit

REASON = "another version of the form"
"""What stands beside an answer of somebody else that becomes a text with its question, when no reason is given."""


class Answer(NamedTuple):
    """An answer that stands, by its path."""

    path: str
    value: Value | None
    status: str = ANSWERED


class Preview(NamedTuple):
    """What a visit would be under another version of one of its forms."""

    form: str
    old: str
    """First 12 hexadecimal digits of the hash in use."""
    new: str
    changes: tuple[Change, ...]
    """Between the two forms."""
    gained: tuple[str, ...]
    """Questions that would be asked besides, and are not answered."""
    lost: tuple[Answer, ...]
    """Answers that would not be asked for any more: they stay in the ledger and count nowhere."""
    hidden: tuple[Answer, ...]
    """Answers whose question would be hidden."""
    back: tuple[Answer, ...]
    """Answers that count again because their question is shown, or asked, again."""
    again: tuple[tuple[Answer, Problem], ...]
    """Answers that the new version would not accept as they are."""
    as_text: tuple[Answer, ...]
    """Answers that become texts with their question, as they are read."""
    demanded: tuple[str, ...]
    """Questions asked before that would have to be answered now, and are not."""
    computed: tuple[tuple[str, str, str], ...]
    """(path, result now, result then) of what is computed otherwise."""
    refused: tuple[Problem, ...] = ()
    """Why the visit cannot go over now."""

    @property
    def is_quiet(self) -> bool:
        """True when no answer and no result is touched, and nothing more is asked."""
        return not any((self.gained, self.lost, self.hidden, self.back, self.again, self.demanded, self.computed))


def preview(visit: Visit, new: Form, old: Form | None = None, language: str = "en-HK") -> Preview:
    """What the visit would be with ``new`` in place of the version that it uses (or of ``old``); nothing is recorded.

    ``language`` is that of the labels in what differs.

    Raises:
        KeyError: when the visit does not use the form, or its definition has not arrived.
    """
    name = new.form_id
    before = old if old is not None else visit.forms[name]
    now, then = _filled(visit, before), _filled(visit, new)
    asked_now, asked_then = _asked(now), _asked(then)
    stored = visit.state.answers(name)
    gained = tuple(
        path
        for path, status in asked_then.items()
        if status == MISSING and path not in asked_now and path not in stored
    )
    lost: list[Answer] = []
    hidden: list[Answer] = []
    back: list[Answer] = []
    again: list[tuple[Answer, Problem]] = []
    as_text: list[Answer] = []
    for path, (status, value) in stored.items():
        if status == MISSING:
            continue
        answer = Answer(path, value, status)
        was, is_there = _state(now, path), _state(then, path)
        if is_there is None or not _may_hold(is_there.question):
            if was is not None and _may_hold(was.question):
                lost.append(answer)
            continue
        if was is not None and was.relevant and not is_there.relevant:
            hidden.append(answer)
        elif is_there.relevant and (was is None or not was.relevant):
            back.append(answer)
        if was is not None and (text := _as_text(was.question, is_there.question, value)) is not None:
            as_text.append(Answer(path, text))
        elif is_there.relevant and (wrong := _new_problem(was.problems if was else (), is_there.problems)) is not None:
            again.append((answer, wrong))
    demanded = tuple(
        path
        for path, status in asked_then.items()
        if status == MISSING and path in asked_now and then.state(path).required and not now.state(path).required
    )
    return Preview(
        name, form_hash(before)[:12], form_hash(new)[:12], diff(before, new, language),
        gained, tuple(lost), tuple(hidden),
        tuple(back), tuple(again), tuple(as_text), demanded, tuple(_recomputed(now, then)),
        tuple(_refusals(visit, new)),
    )  # fmt: skip


def update_form(visit: Visit, new: Form, why: str = "") -> Recorded:
    """What came of taking ``new`` into use instead of the version that the visit uses: one append, so one undo.

    What new questions begin with is said at once; answers whose question is a text now become texts. Nothing when the
    visit uses this very version. Refused under a signature, while the version in use is disputed, and where the scheme
    needs what the new version does not ask.
    """
    name = new.form_id
    refused = tuple(_refusals(visit, new))
    why = clean(why.strip())
    if len(why) > MAX_TEXT:
        refused = (*refused, Problem("visit.too_long", Place(name), {"length": str(len(why)), "limit": str(MAX_TEXT)}))
    if refused:
        return Recorded(problems=refused)
    from assessor_tui.using_form import keep_form

    version = form_hash(new)[:12]
    if visit.state.forms[name] == version:
        return Recorded()
    old = visit.forms[name]
    drafts = [Draft(visit.id, acts.USE_FORM, form=name, version=version, why=why)]
    drafts += _begin(visit, old, new, version)
    for answer in preview(visit, new).as_text:
        drafts.append(Draft(visit.id, acts.ANSWER, name, answer.path, answer.value, version, why or REASON))
    with visit.store.together():
        keep_form(visit.store, new)
        recorded = visit.keep(drafts)
    if recorded.entries:
        visit.refresh()
    return recorded


def still_asked(visit: Visit) -> list[Planned]:
    """Answers given under an older version by who had not heard of the newer, whose question is the same in both.

    With the side to take: to settle them all is to say that they stand. Those whose question changed or went are left
    out, and where people answered differently.
    """
    found = []
    for conflict in visit.state.conflicts.values():
        if conflict.kind != VERSION or not conflict.path or conflict.path.endswith("]"):
            continue
        if _is_the_same(visit, conflict):
            now = visit.state.heads(conflict.form, conflict.path, acts.ANSWER)[0][1]
            found.append(Planned(conflict, now, now))
    return found


def _is_the_same(visit: Visit, conflict: Conflict) -> bool:
    heads = [entry for _, entry in visit.state.heads(conflict.form, conflict.path, acts.ANSWER)]
    new = visit.forms.get(conflict.form)
    if new is None or not heads or not agree(heads):
        return False
    path = generic_path(conflict.path)
    for version in {entry.version for _, entry in conflict.heads}:
        try:
            old = visit.store.form(version)
        except KeyError:
            return False
        if not is_same_question(old, new, path):
            return False
    return True


def _refusals(visit: Visit, new: Form) -> Iterator[Problem]:
    name, place = new.form_id, Place(new.form_id)
    if visit.signed:
        yield Problem("visit.signed", place)
    if name not in visit.state.forms or name not in visit.forms:
        yield Problem("visit.unknown_form", place, {"form": name})
        return
    if (VERSION, name, "") in visit.state.conflicts:
        yield Problem("visit.disputed", place)
    if visit.forms[name].kind != new.kind:
        yield Problem("visit.other_kind", place, {"form": name, "old": visit.forms[name].kind, "new": new.kind})
    from assessor_tui.materials import mismatches

    scheme = {"": visit.scheme}
    known = list(mismatches(scheme, visit.forms))
    for problem in mismatches(scheme, {**visit.forms, name: new}):
        if problem not in known:
            yield problem._replace(place=place)


def _context(visit: Visit) -> Context:
    return form_context(visit.store, visit.id, visit.today, visit.language)


def _filled(visit: Visit, form: Form) -> Filling:
    filling = Filling(compile_form(form), _context(visit))
    filling.load(visit.state.rows(form.form_id), visit.state.answers(form.form_id))
    return filling


def _asked(filling: Filling) -> dict[str, str]:
    """Path -> status of every question that a person sees and can answer."""
    return {
        item.path: filling.state(item.path).status
        for item in filling.items()
        if isinstance(item.node, Question) and _may_hold(item.node) and not filling.state(item.path).read_only
    }


def _may_hold(question: Question) -> bool:
    """True for a question that people answer."""
    return question.type not in SILENT_TYPES and not question.calculation


def _state(filling: Filling, path: str) -> QuestionState | None:
    try:
        return filling.state(path)
    except KeyError:
        return None


def _new_problem(before: Sequence[Problem], now: Sequence[Problem]) -> Problem | None:
    known = {problem.code for problem in before}
    return next((problem for problem in now if problem.code not in known), None)


def _as_text(old: Question, new: Question, value: Value | None) -> str | None:
    """The answer as the text that it becomes with its question; None when it does not."""
    if new.type != "text" or old.type == "text" or value is None:
        return None
    if isinstance(value, Quantity):
        return f"{value.n} {value.u}".strip()
    if isinstance(value, tuple) and not isinstance(value, Evidence):
        return ", ".join(names(value))
    return None


def _recomputed(now: Filling, then: Filling) -> Iterator[tuple[str, str, str]]:
    for item in then.items():
        if isinstance(item.node, Question) and item.node.calculation:
            before, after = _state(now, item.path), then.state(item.path)
            if before is not None and before.relevant and before.question.calculation and before.value != after.value:
                yield item.path, str(before.value or ""), str(after.value or "")


def _begin(visit: Visit, old: Form, new: Form, version: str) -> list[Draft]:
    """What questions and tables begin with that the old version did not have; what there was keeps what it has."""
    known, there = nodes(old), nodes(new)
    filling = _filled(visit, new)
    drafts: list[Draft] = []
    first: dict[str, Value] = {}
    for at in there.values():
        repeat = at.node
        is_inside = "/" in at.path
        if not isinstance(repeat, Repeat) or at.path in known or is_inside or repeat.repeat_count:
            continue
        for begins in repeat.first_rows:
            row = row_path(at.path, visit.new_id())
            filling.add_row(at.path, row[-33:-1])
            drafts.append(Draft(visit.id, acts.ADD_ROW, new.form_id, row, version=version))
            first |= {f"{row}/{name}": text for name, text in begins.items() if "/" not in name and text}
    filling.forget_changes()
    begin_all(filling)
    for path, value in filling.set_too.items():
        if value is not None and generic_path(path) not in known and path not in first:
            first[path] = value
    stored = visit.state.answers(new.form_id)
    drafts += [
        Draft(visit.id, acts.ANSWER, new.form_id, path, said, version)
        for path, value in first.items()
        if path not in stored and (said := clean_value(value)) not in NO_ANSWER
    ]
    return drafts
