"""One visit opened on this laptop: the one road by which anything in it changes.

A face calls ``Visit.record`` (or ``sign``, ``undo``, ``redo``) and shows what comes back. What is refused comes back as
problems and leaves everything as it was; failures of the disk are raised by the store.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from assessor_tui.filled_visit import GAP, RE_ROW, FilledVisit
from assessor_tui.form.columns import asked, folded
from assessor_tui.form.model import SELECT_TYPES, SILENT_TYPES, Question, Repeat
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.draft import NO_ANSWER, Draft, RowDraft, clean_value, longest_text
from assessor_tui.ledger.entry import Entry, clean, generic_path, plain_name, row_path
from assessor_tui.ledger.follow_up import BESIDE, CLOSING_RECORD, is_follow_up
from assessor_tui.ledger.returns import RETURNERS, return_of, says_of_return
from assessor_tui.ledger.state import FORK, LATE, SIGNED, Conflict, VisitState, agree
from assessor_tui.ledger.value import MAX_TEXT, Evidence, Value, from_json, names, to_json
from assessor_tui.logic.filling import ANSWERED, MISSING, Changes, Context, Filling, misfit
from assessor_tui.logic.opening import first_rows
from assessor_tui.new_visit import Materials, Opening, create_visits, form_context
from assessor_tui.problem import Place, Problem
from assessor_tui.set_by_form import (
    REASON,
    Played,
    in_their_rows,
    keeps_results,
    looks_at_clock,
    play,
    sets_by_answers,
    sets_in_rows,
)
from assessor_tui.store.ledger import Store

if TYPE_CHECKING:
    from assessor_tui.ledger.undo import Step

__all__ = ["GAP", "LEAD", "Act", "Materials", "Opening", "Recorded", "Visit", "create_visit", "create_visits"]

LEAD = "lead"
"""Role of the device that may sign."""

_BY_PEOPLE = acts.ANSWERING | {
    acts.ADD_ROW, acts.REMOVE_ROW, acts.ATTACH, acts.DETACH, acts.WITHDRAW, acts.NOTE, acts.COMMENT,
    acts.RE_VERIFY, acts.RETURN, acts.APPROVE, acts.DECIDE, acts.LINK,
}  # fmt: skip
"""Acts that ``Visit.record`` takes; the others have functions of their own."""
_TIED = frozenset({acts.NOTE, acts.COMMENT, acts.RETURN, acts.ATTACH})
"""Acts that stand at a place of a form."""
_NOT_STORED = frozenset({"answer.type", "answer.unit", "answer.choice_gone", "answer.range"})
"""What is wrong enough with an answer to refuse it; anything else is stored and flagged."""


class Recorded(NamedTuple):
    """What came of an act."""

    entries: tuple[tuple[str, Entry], ...] = ()
    """(hash, entry) of what was stored, durable; empty when nothing was."""
    changes: Mapping[str, Changes] = MappingProxyType({})
    """Form id -> paths touched by the recalculation."""
    problems: tuple[Problem, ...] = ()
    """Why nothing was recorded; empty when it was, or when it stood already."""


class Act(NamedTuple):
    """A note, a piece of evidence, or what takes one away: it stands beside others and competes with none."""

    act: str
    form: str = ""
    path: str = ""
    value: Value | None = None
    why: str = ""
    replaces: Sequence[str] | None = None


def _refused(code: str, at: str, /, **parameters: str) -> Recorded:
    return Recorded(problems=(Problem(code, Place(path=at), parameters),))


def _too_long(at: str, text: str) -> Recorded:
    return _refused("visit.too_long", at, length=str(len(text)), limit=str(MAX_TEXT))


def create_visit(
    store: Store,
    materials: Materials,
    answers: Mapping[str, Value],
    *,
    new_id: Callable[[], str],
    kind: str = "assessment",
    language: str = "en-HK",
) -> "Visit":
    """A new visit: its opening, the forms it uses, the header's first answers and all defaults, in one transaction.

    The forms and the scheme must be in the store already.

    Raises:
        ValueError: when an answer is none: a number that is no decimal, a text longer than ``MAX_TEXT``.
        StoreError: when the disk does not take it; then there is no visit.
    """
    (visit_id,) = create_visits(store, materials, [Opening(answers)], new_id=new_id, kind=kind, language=language)
    return Visit(store, visit_id, new_id=new_id, language=language)


class Visit(FilledVisit):
    """One visit opened on this laptop, with every way of changing it."""

    # The one road.

    def record(
        self,
        act: str,
        form: str,
        path: str,
        value: Value | None = None,
        *,
        why: str = "",
        replaces: Sequence[str] | None = None,
    ) -> Recorded:
        """Stores one act and returns what changed; refuses with problems what may not be recorded.

        ``replaces`` names the entries that a note or a piece of evidence takes the place of; for answers and rows
        it is always what stands now. Adding a row takes the repeat's path; the new row's path is in the entry.
        """
        if act not in _BY_PEOPLE:
            raise ValueError(f"{act} has a function of its own")
        if act not in acts.ANSWERING and act not in acts.ROWS:
            return self.record_together([Act(act, form, path, value, why, replaces)])
        refusal = self._may_change(act, form, path)
        if refusal is not None:
            return refusal
        why = clean(why.strip())
        if len(why) > MAX_TEXT:
            return _too_long(path, why)
        if act == acts.ADD_ROW:
            return self._add_row(form, path)
        if act == acts.REMOVE_ROW:
            return self._remove_row(form, path, why)
        return self._answer(act, form, path, value, why)

    def record_together(self, said: Iterable[Act]) -> Recorded:
        """Stores notes, evidence and what takes them away in one append, so that one undo takes all of it back.

        What stands already is not stored twice. Refused as a whole when one of them may not be recorded: a file that
        was withdrawn is tied again only with a reason.
        """
        drafts: list[Draft] = []
        for each in said:
            checked = self._beside(each)
            if isinstance(checked, Recorded):
                return checked
            if checked is not None:
                drafts.append(checked)
        return self._store(drafts) if drafts else Recorded()

    def _beside(self, said: Act) -> Draft | Recorded | None:
        """The draft of an act that competes with none, why it is refused, or None when it stands already."""
        act, form, path, value, why, replaces = said
        for named in replaces or ():
            there = self.state.entry(named[-32:])
            if there is None or (there.form, there.path) != (form, path):
                raise ValueError("an entry of another place cannot be replaced")
        refusal = self._may_change(act, form, path, replaces or ())
        if refusal is not None:
            return refusal
        why = clean(why.strip())
        if value is not None:
            value = clean_value(value)
        if not value and (act == acts.COMMENT or (act == acts.NOTE and not replaces)):
            return _refused("visit.empty_text", path)
        if act == acts.RETURN and not self.may_return:
            return _refused("visit.may_not_return", path)
        ends = act == acts.WITHDRAW or (act == acts.RETURN and value is not None)
        ended = self._ended(replaces or ()) if ends else []
        if not all(self.may_end(entry) for entry in ended):
            return _refused("visit.may_not_end_return", path, person=ended[0].person)
        if act in (acts.WITHDRAW, acts.RETURN) and not why and not ended:
            return _refused("visit.reason_needed", path)
        if len(long := max(why, longest_text(value), key=len)) > MAX_TEXT:
            return _too_long(path, long)
        if value is not None:
            from_json(to_json(value))  # what a bundle could not carry is not recorded
        draft = self._draft(act, form, path, value, why, replaces)
        if act == acts.ATTACH:
            if not replaces and any(entry.value == value for _, entry in self.state.evidence(form, path)):
                return None
            withdrawn = self.state.withdrawn.get(value.about.get("sha256", "")) if isinstance(value, Evidence) else None
            if withdrawn is not None and not why:
                return _refused("visit.withdrawn_file", path, person=withdrawn[1].person, why=withdrawn[1].why)
        return draft

    def is_closed(self, form: str, path: str, act: str = acts.ANSWER) -> bool:
        """True where the signature that stands does not allow the act: anything but follow-up of findings."""
        if not self.signed or act in (acts.REOPEN, acts.COMMENT, acts.RETURN):
            return False
        home = self.scheme.header_form if path == CLOSING_RECORD else self.scheme.findings_form
        return form != home or not is_follow_up(act, path)

    def may_settle(self, conflict: Conflict) -> bool:
        """False where the signature that stands keeps a conflict as it is: all but those between two follow-ups."""
        return not self.signed or not (
            self.is_closed(conflict.form, conflict.path, acts.SETTLE)
            or (LATE, conflict.form, conflict.path) in self.state.conflicts
        )

    def _may_change(self, act: str, form: str, path: str, replaces: Sequence[str] = ()) -> Recorded | None:
        if not says_of_return(self.state, act, replaces) and (
            self.is_closed(form, path, act) or self._touches_what_was_signed(act, replaces)
        ):
            return _refused("visit.signed", path)
        if self.signed and act in acts.ANSWERING and (LATE, form, path) in self.state.conflicts:
            return _refused("visit.disputed", path)
        if form not in self.versions and (form or act in acts.ANSWERING or act in acts.ROWS):
            return _refused("visit.unknown_form", path, form=form)
        answers = act == acts.COMMENT and bool(replaces)  # a return is answered also where nothing is asked any more
        if form and path and act in _TIED and not answers and not self.is_place(form, path):
            return _refused("visit.unknown_path", path, path=path)
        return None

    def _touches_what_was_signed(self, act: str, replaces: Sequence[str]) -> bool:
        """True when a note or a proof would go, or become another, that the signature saw."""
        if not self.signed or act not in BESIDE or not replaces:
            return False
        since = {digest for digest, _ in self.state.follow_ups()}
        return any(named[-32:] not in since for named in replaces)

    @property
    def may_return(self) -> bool:
        """True when whoever works on this laptop may return what others have answered: by the roster, else by role."""
        return self._role in RETURNERS

    @property
    def _role(self) -> str:
        from assessor_tui.trust.own import own_role

        device = self.store.device
        return own_role(self.store) or (device.role if device is not None else "")

    def may_end(self, returned: Entry) -> bool:
        """True when whoever works on this laptop may say that this return is over: its author, or a lead."""
        device = self.store.device
        return device is not None and self.may_return and (self._role == LEAD or returned.device == device.id)

    def _ended(self, replaces: Sequence[str]) -> list[Entry]:
        """The returns that a withdrawal of this ends; that needs no reason."""
        named = [self.state.entry(each[-32:]) for each in replaces]
        return [each for each in named if each is not None and each.act == acts.RETURN and each.value is None]

    def _draft(
        self, act: str, form: str, path: str, value: Value | None, why: str = "", replaces: Sequence[str] | None = None
    ) -> Draft:
        given = tuple(sorted(replaces)) if replaces is not None else None
        return Draft(self.id, act, form, path, value, self.versions.get(form, ""), why, given)

    def answer_with_note(
        self, act: str, form: str, path: str, value: Value | None, note: str, *, why: str = ""
    ) -> Recorded:
        """What came of an answer and a note beside it: both, taken back by one undo, or neither.

        Refused as ``record`` refuses the answer, or the note. Where the answer stands already, the note alone is new.
        """
        refusal = self._may_change(act, form, path) or self._may_change(acts.NOTE, form, path)
        if refusal is not None:
            return refusal
        why, note = clean(why.strip()), clean(note.strip())
        for text in (why, note):
            if len(text) > MAX_TEXT:
                return _too_long(path, text)
        answer = self._answer_draft(act, form, path, value, why)
        if isinstance(answer, Recorded) and answer.problems:
            return answer
        beside = [self._draft(acts.NOTE, form, path, note, replaces=())] if note else []
        return self.keep([answer, *beside] if isinstance(answer, Draft) else beside)

    def _answer(self, act: str, form: str, path: str, value: Value | None, why: str) -> Recorded:
        draft = self._answer_draft(act, form, path, value, why)
        return draft if isinstance(draft, Recorded) else self.keep([draft])

    def keep(
        self,
        drafts: Sequence[Draft],
        begins_with: Mapping[str, Mapping[str, Value | None]] = MappingProxyType({}),
        stands: Container[str] = (),
    ) -> Recorded:
        """What came of drafts that were checked, with what their forms set because of them: all in one append, so that
        one undo takes all of it back.

        ``begins_with``: path of each row that is new -> what stands in it at once, by question. ``stands``: paths of
        answers that stand already and are said again in their turn.
        """
        if not drafts or any(draft.act == acts.USE_FORM for draft in drafts):
            return self._store(drafts) if drafts else Recorded()
        touched = dict.fromkeys(draft.form for draft in drafts if draft.act in acts.ANSWERING or draft.act in acts.ROWS)
        acting = [
            form
            for form in touched
            if form in self.versions and (begins_with or sets_by_answers(self.filling(form).compiled))
        ]
        if not acting:
            return self._store(drafts)
        plays: dict[str, Played] = {}
        try:
            for form in acting:
                own = [draft for draft in drafts if draft.form == form]
                plays[form] = play(
                    self.filling(form), own, begins_with, partial(self._may_be_set, form), self._moment(form)
                )
            exact = {form for form, played in plays.items() if played.is_exact and _is_stored_as_said(played)}
            recorded = self._store(in_their_rows(self._with_what_follows(drafts, plays, stands)))
        except BaseException:
            self._forget(acting)
            raise
        if recorded.problems:
            self._forget(acting)
            return recorded
        changes = recorded.changes
        for form, played in plays.items():
            changes = _with(changes, form, played.changes)
            if form not in exact or not self._stands_as_stored(form, drafts):
                self._forget([form])
        return recorded._replace(changes=changes)

    def _forget(self, forms: Iterable[str]) -> None:
        """Their fillings are made again from what is stored when they are next asked for."""
        for form in forms:
            self._fillings.pop(form, None)

    def _stands_as_stored(self, form: str, drafts: Sequence[Draft]) -> bool:
        """True when rows stand in the filling in the order in which every laptop shows them."""
        repeats = {RE_ROW.sub("", draft.path) for draft in drafts if draft.act in acts.ROWS and draft.form == form}
        if not repeats or form not in self._fillings:
            return True
        rows, filling = self.state.rows(form), self.filling(form)
        try:
            return all(tuple(rows.get(path, ())) == filling.rows(path) for path in repeats)
        except KeyError:
            return False  # a row went with those inside it

    def _moment(self, form: str) -> Context:
        """What a form knows when it says something once: also who is here, and when by this laptop's clock."""
        filling = self.filling(form)
        asks = looks_at_clock(filling.compiled)
        said_at = form_context(self.store, self.id, self.today, self.language, looks_at_clock=asks)
        return said_at._replace(last_saved=filling.context.last_saved)

    def _may_be_set(self, form: str, path: str) -> bool:
        """False where a form sets nothing: under a signature, and while people disagree, which only they decide."""
        said = [entry for _, entry in self.state.heads(form, path, acts.ANSWER)]
        return not (
            self.is_closed(form, path)
            or (len(said) > 1 and not agree(said))
            or (self.signed and (LATE, form, path) in self.state.conflicts)
        )

    def _with_what_follows(
        self, drafts: Sequence[Draft], plays: Mapping[str, Played], stands: Container[str]
    ) -> list[Draft]:
        """Each place once, as it stands in the end: what people said, unless their form has set it since."""
        last = {(draft.form, draft.path): at for at, draft in enumerate(drafts) if draft.act in acts.ANSWERING}
        found: list[Draft] = []
        for at, draft in enumerate(drafts):
            played = plays.get(draft.form)
            if played is None or draft.act not in acts.ANSWERING:
                found.append(draft)
            elif last[draft.form, draft.path] == at:
                if draft.path not in played.said:
                    follows: Draft | None = draft if draft.path not in stands else None
                elif draft.act == acts.SETTLE:
                    follows = draft._replace(value=_as_stored(played.said.pop(draft.path)))
                else:
                    follows = self._set_by_form(draft.form, draft.path, played.said.pop(draft.path))
                found += [follows] if follows is not None else []
        for form, played in plays.items():
            follows_of = (self._set_by_form(form, path, value) for path, value in played.said.items())
            found += [each for each in follows_of if each is not None]
        return found

    def _set_by_form(self, form: str, path: str, value: Value | None) -> Draft | None:
        """What is recorded of a question that its form has set; None when it stands so already."""
        said = _as_stored(value)
        standing = self.state.standing(form, path)
        before = (standing.status, standing.value) if standing is not None else (MISSING, None)
        if before == (MISSING if said is None else ANSWERED, said):
            return None
        others = any(self._is_someone_else(entry) for _, entry in self.state.heads(form, path, acts.ANSWER))
        act = acts.CLEAR if said is None else acts.ANSWER
        return self._draft(act, form, path, said, REASON if others else "")

    def _answer_draft(self, act: str, form: str, path: str, value: Value | None, why: str) -> Recorded | Draft:
        """The answer as it is to be stored; or why not, without problems when it stands already."""
        filling = self.filling(form)
        try:
            now = filling.state(path)
        except KeyError:
            return _refused("visit.unknown_path", path, path=path)
        if now.question.type in SILENT_TYPES or now.question.type == "file":
            return _refused("visit.not_answered_by_people", path)
        if value is not None:
            try:
                value = clean_value(value)
            except ValueError:
                return _refused("answer.type", path, type=now.question.type)
            if act == acts.ANSWER and value in NO_ANSWER:
                return _refused("visit.empty_text", path)
            if len(long := longest_text(value)) > MAX_TEXT:
                return _too_long(path, long)
            value, said = in_order(filling, path, value), value
            if value != said and value in NO_ANSWER:  # no list of choices: no bundle could carry it
                return _refused("answer.type", path, type=now.question.type)
            # What somebody settles was a good answer once; a new one must be on offer now.
            refused = _NOT_STORED if act == acts.ANSWER else _NOT_STORED - {"answer.choice_gone"}
            wrong = tuple(problem for problem in filling.check(path, value) if problem.code in refused)
            if wrong:
                return Recorded(problems=wrong)
        if now.read_only and act != acts.CLEAR:
            return _refused("visit.read_only", path)
        heads = self.state.heads(form, path, act)
        refusal = self._needs_reason(act, now.question, path, value, why, heads)
        if refusal is not None:
            return refusal
        if act == acts.CLEAR and now.status == "missing":
            return Recorded()
        if len(heads) == 1 and heads[0][1].act == act and heads[0][1].value == value and heads[0][1].why == why:
            return Recorded()
        return self._draft(act, form, path, value, why)

    def _needs_reason(
        self,
        act: str,
        question: Question,
        path: str,
        value: Value | None,
        why: str,
        heads: Sequence[tuple[str, Entry]],
    ) -> Recorded | None:
        if act == acts.NOT_APPLICABLE:
            if not question.not_applicable:
                return _refused("visit.not_applicable_forbidden", path)
            if not why:
                return _refused("visit.reason_needed", path)
        if act in (acts.SETTLE, acts.TO_COME) and not why:
            return _refused("visit.reason_needed", path)
        said = [entry for _, entry in heads]
        if act != acts.SETTLE and said and not agree(said):
            return _refused("visit.disputed", path)
        others = [entry for entry in said if self._is_someone_else(entry)]
        if others and not why and any((entry.act, entry.value) != (act, value) for entry in others):
            return _refused("visit.someone_else", path, person=others[0].person)
        return None

    def _is_someone_else(self, entry: Entry) -> bool:
        return not self.store.wrote(entry)

    def add_row(self, form: str, path: str, answers: Mapping[str, Value]) -> Recorded:
        """A new row of the repeat at ``path`` that starts with these answers; one undo takes all of it back.

        ``answers`` are question names with values that their questions take: those of another row, or what the
        program proposes and the person has confirmed.
        """
        return self._may_change(acts.ADD_ROW, form, path) or self._add_row(form, path, answers)

    def _add_row(self, form: str, path: str, answers: Mapping[str, Value] = MappingProxyType({})) -> Recorded:
        repeat = self._repeat(form, path)
        if repeat is None:
            return _refused("visit.unknown_path", path, path=path)
        if repeat.repeat_count:
            return _refused("visit.counted_rows", path)
        drafts, begins_with = self._new_row(form, path, repeat, self.new_id())
        row = drafts[0].path
        order = {question.name: at for at, question in enumerate(asked(repeat.children))}
        said = {name: clean_value(answers[name]) for name in sorted(answers, key=lambda name: order.get(name, 0))}
        drafts += [
            self._draft(acts.ANSWER, form, f"{row}/{name}", value)
            for name, value in said.items()
            if value not in NO_ANSWER
        ]
        return self.keep(drafts, begins_with)

    def _new_row(
        self, form: str, path: str, repeat: Repeat, row_id: str
    ) -> tuple[list[Draft], dict[str, Mapping[str, Value | None]]]:
        """The drafts of a new row and the first rows inside it, and what they begin with where the form sets that.

        What the form sets in a new row is said once, by whoever adds it.
        """
        row = row_path(path, row_id)
        inner = {
            row_path(each, inner_id): begin_with
            for each, inner_id, begin_with in first_rows(repeat.children, f"{row}/", self.new_id, {})
        }
        drafts = [self._draft(acts.ADD_ROW, form, each, None) for each in (row, *inner)]
        sets = bool(inner) or sets_in_rows(self.filling(form), path)
        return drafts, {row: {}, **inner} if sets else {}

    def fill_rows(self, form: str, path: str, rows: Iterable[RowDraft], why: str = "") -> Recorded:
        """Many rows of the repeat at ``path`` filled or added in one append; one undo takes all of it back.

        Answers that stand already are left out. Refused as a whole, every cell named, when one of them may not be
        recorded; ``visit.someone_else`` for each answer of another person that would change without a ``why``.
        """
        why = clean(why.strip())
        repeat = self._repeat(form, path) if form in self.versions else None
        refusal = self._may_change(acts.ADD_ROW, form, path)
        if refusal is not None or repeat is None:
            return refusal or _refused("visit.unknown_path", path, path=path)
        if len(why) > MAX_TEXT:
            return _too_long(path, why)
        filling = self.filling(form)
        standing = set(filling.rows(path))
        questions = {question.name: question for question in asked(repeat.children)}
        changes: list[Draft] = []
        added: list[Draft] = []
        begins_with: dict[str, Mapping[str, Value | None]] = {}
        new: set[str] = set()
        problems: list[Problem] = []
        # Where a form sets answers itself, what stands already may stand no more when its turn comes.
        acting = sets_by_answers(filling.compiled)
        stands: set[str] = set()
        order = {name: at for at, name in enumerate(questions)}
        for row, answers in rows:
            if row and (not row.startswith(f"{path}[") or row[-33:-1] not in standing):
                return _refused("visit.unknown_path", row, path=row)
            if not row and repeat.repeat_count:
                return _refused("visit.counted_rows", path)
            if not row:
                row_id = self._row_id(form, path, repeat, answers)
                if row_id in new:  # the key stands twice in the table: two rows for people to look at, not one mixed
                    row_id = self.new_id()
                new.add(row_id)
                drafts, with_it = self._new_row(form, path, repeat, row_id)
                added += drafts
                begins_with |= with_it
            for name in sorted(answers, key=lambda name: order.get(name, 0)) if acting or begins_with else answers:
                cell = f"{row or row_path(path, row_id)}/{name}"
                question = questions.get(name)
                value = clean_value(answers[name])
                if question is None:
                    return _refused("visit.unknown_path", cell, path=cell)
                wrong = self._misfit(filling, question, value)
                if wrong is not None:
                    problems.append(wrong._replace(place=Place(path=cell)))
                elif row:
                    checked = self._filled_cell(form, cell, question, value, why)
                    if isinstance(checked, Draft):
                        changes.append(checked)
                    elif checked is not None:
                        problems += checked.problems
                    elif acting:
                        changes.append(self._draft(acts.ANSWER, form, cell, value))
                        stands.add(cell)
                else:
                    added.append(self._draft(acts.ANSWER, form, cell, value))
        if problems:
            return Recorded(problems=tuple(problems))
        return self.keep([*changes, *added], begins_with, stands)

    def _row_id(self, form: str, path: str, repeat: Repeat, answers: Mapping[str, Value]) -> str:
        """Id of a new row out of a table: the same on every laptop that takes in a row with this key.

        So two people who import one list have one set of rows after merging. A row that was here before, and went or
        got another key, keeps its id; then the new one is random, as are rows that a person adds.
        """
        if not repeat.key or any(name not in answers for name in repeat.key):
            return self.new_id()
        from uuid import UUID, uuid5

        said = [clean_value(answers[name]) for name in repeat.key]
        key = [folded(each) if isinstance(each, str) else to_json(each) for each in said]
        name = acts.canonical_json([form, path, key]).decode()
        row = uuid5(UUID(self.id), name).hex
        return self.new_id() if self.state.history(form, row_path(path, row)) else row

    def _filled_cell(self, form: str, path: str, question: Question, value: Value, why: str) -> Draft | Recorded | None:
        """The draft of an answer in a row that stands, why it is refused, or None when it stands already."""
        now = self.filling(form).state(path)
        if now.status == "answered" and now.value == value:
            return None
        if now.read_only:
            return _refused("visit.read_only", path)
        heads = self.state.heads(form, path, acts.ANSWER)
        refusal = self._needs_reason(acts.ANSWER, question, path, value, why, heads)
        return refusal or self._draft(acts.ANSWER, form, path, value, why if heads else "")

    @staticmethod
    def _misfit(filling: Filling, question: Question, value: Value) -> Problem | None:
        """What is so wrong with an answer to a question of some row that it is not stored."""
        if value in NO_ANSWER:
            return Problem("visit.empty_text")
        if len(long := longest_text(value)) > MAX_TEXT:
            return Problem("visit.too_long", parameters={"length": str(len(long)), "limit": str(MAX_TEXT)})
        if (wrong := misfit(question, value)) is not None:
            return Problem(wrong[0], parameters=wrong[1])
        if question.type in SELECT_TYPES and question.list_name and not question.itemset:
            known = {choice.name for choice in filling.compiled.lists.choices_of(question)}
            if gone := [name for name in names(value) if name not in known]:
                return Problem("answer.choice_gone", parameters={"choice": ", ".join(gone)})
        return None

    def _remove_row(self, form: str, path: str, why: str) -> Recorded:
        above = RE_ROW.sub("", path)
        repeat = self._repeat(form, above) if above != path else None
        if repeat is None or path[-33:-1] not in self.filling(form).rows(above):
            return _refused("visit.unknown_path", path, path=path)
        if repeat.repeat_count:
            return _refused("visit.counted_rows", path)
        if away := self._own_part_away():
            return Recorded(problems=(away._replace(place=Place(path=path)),))
        heads = self.state.heads(form, path, acts.REMOVE_ROW)
        if any(self._is_someone_else(entry) for _, entry in heads) and not why:
            return _refused("visit.someone_else", path, person=heads[0][1].person)
        return self.keep([self._draft(acts.REMOVE_ROW, form, path, None, why)])

    def _repeat(self, form: str, path: str) -> Repeat | None:
        """The repeat at ``path``, None when there is none or the row it stands in does not exist."""
        try:
            self.filling(form).rows(path)
        except KeyError:
            return None
        return self._repeats(form).get(generic_path(path))

    def _store(self, drafts: Sequence[Draft]) -> Recorded:
        """Appends the drafts (durable when this returns) and brings state and fillings up to date."""
        if (refusal := self._out_of_role(drafts)) is not None:
            return refusal
        try:
            stored = self.store.append(drafts)
        except BaseException:
            # The state has seen entries that the disk did not take.
            self.state = self.store.state(self.id)
            raise
        return Recorded(tuple(stored), self._apply(stored))

    def _out_of_role(self, drafts: Sequence[Draft]) -> Recorded | None:
        """Why the role that the roster gives this laptop may not record this: others would hold it back."""
        from assessor_tui.trust.own import own_role
        from assessor_tui.trust.roles import may_record

        role, device = own_role(self.store), self.store.device
        if not role or device is None:
            return None
        for each in drafts:
            if not may_record(role, each.act, device.id, each.replaces or (), each.value):
                return _refused(f"visit.role_{role}", each.path)
        return None

    # Deciding and signing.

    def settle(
        self, conflict: Conflict, *, take: Entry | None = None, value: Value | None = None, why: str
    ) -> Recorded:
        """Settles a conflict with a reason: by one of its sides (``take``), by a new ``value``, by neither (no answer).

        A fork is settled by the reason alone: both sides stay. Refused without a reason, under a signature, and for a
        disputed signature, which only ``reopen`` and ``sign`` settle.
        """
        draft = self.settling(conflict, take=take, value=value, why=why)
        if isinstance(draft, Recorded):
            return draft
        stored = self.keep([draft])
        if draft.act == acts.USE_FORM:
            self.refresh()
        return stored

    def settling(
        self, conflict: Conflict, *, take: Entry | None = None, value: Value | None = None, why: str
    ) -> Draft | Recorded:
        """The draft of what ``settle`` records, or why it is refused; without problems when it stands already."""
        why = clean(why.strip())
        if not self.may_settle(conflict):
            return _refused("visit.signed", conflict.path)
        if conflict.kind == SIGNED:
            return _refused(f"conflict.{SIGNED}", conflict.path)
        if not why:
            return _refused("visit.reason_needed", conflict.path)
        if len(why) > MAX_TEXT:
            return _too_long(conflict.path, why)
        if conflict.kind == FORK:
            return self._draft(acts.SETTLE, "", "", None, why)
        if conflict.heads[0][1].act == acts.USE_FORM:
            version = (take or conflict.heads[0][1]).version
            return Draft(self.id, acts.USE_FORM, conflict.form, version=version, why=why)
        if conflict.path.endswith("]"):
            kept = take is None or take.act not in (acts.REMOVE_ROW, acts.JOIN_ROWS)
            act = acts.ADD_ROW if kept or take is None else take.act
            joined = take.value if take is not None and act == acts.JOIN_ROWS else None
            return self._draft(act, conflict.form, conflict.path, joined, why)
        if take is not None and take.act in (acts.NOT_APPLICABLE, acts.TO_COME):
            return self._draft(take.act, conflict.form, conflict.path, take.value, why)
        settled = take.value if take is not None else value
        if not self._asks(conflict.form, conflict.path):
            # Nobody can answer there any more, but somebody can say which of what was said counts.
            if value is not None:
                return _refused("visit.unknown_path", conflict.path, path=conflict.path)
            version = (take or conflict.heads[0][1]).version
            return Draft(self.id, acts.SETTLE, conflict.form, conflict.path, settled, version, why)
        refusal = self._may_change(acts.SETTLE, conflict.form, conflict.path)
        return refusal or self._answer_draft(acts.SETTLE, conflict.form, conflict.path, settled, why)

    def _asks(self, form: str, path: str) -> bool:
        """True while the question at ``path`` can be answered: its form is here and asks it, its rows stand."""
        try:
            self.filling(form).state(path)
        except KeyError:
            return False
        return True

    def sign(self, name: str, *, despite: str = "") -> Recorded:
        """Signs the visit: fixes what was seen and the digest of the canonical assessment.

        Refused with every reason: the device is not the lead's, its owner is not at the keyboard, the name typed is
        not the lead's, something in ``blocks_signing``. Where entries of a log have not arrived and nothing else is in
        the way, ``despite`` is the reason to sign over that: the signature names the gaps and why.
        """
        from assessor_tui.ledger.conflicts import overs
        from assessor_tui.ledger.signature import value_of_signature

        if self.signed:
            return _refused("visit.signed", "")
        device = self.store.device
        if device is None or self._role != LEAD:
            return _refused("visit.not_lead", "")
        if not self.store.owner_is_here:
            return _refused("visit.not_at_keyboard", "", person=self.store.person, owner=device.person)
        if plain_name(name) != plain_name(device.person):
            return _refused("visit.other_name", "", person=device.person)
        despite = clean(despite.strip())
        if len(despite) > MAX_TEXT:
            return _too_long("", despite)
        blocking = self.blocks_signing()
        over = overs(self.state) if despite and all(each.code == GAP for each in blocking) else ()
        if blocking and not over:
            return Recorded(problems=tuple(blocking))
        value = value_of_signature(self.digest(), over)
        return self._store([self._draft(acts.SIGN, "", "", value, despite if over else "")])

    def reopen(self, why: str) -> Recorded:
        """Opens a signed visit again, with a reason; the signature stays in the log."""
        why = clean(why.strip())
        if not self.signed:
            return _refused("visit.not_signed", "")
        if not why:
            return _refused("visit.reason_needed", "")
        return self._store([self._draft(acts.REOPEN, "", "", None, why)])

    # Taking back.

    def undo(self) -> Recorded:
        """Takes back this device's own last act with what was recorded together with it; nothing when there is none."""
        from assessor_tui.ledger.undo import undo_of

        return self._take(undo_of)

    def redo(self) -> Recorded:
        """Does again what was last taken back; nothing recorded when there is nothing."""
        from assessor_tui.ledger.undo import redo_of

        return self._take(redo_of)

    def _take(self, steps_of: "Callable[[VisitState, str], tuple[Step, ...]]") -> Recorded:
        device = self.store.device
        steps = steps_of(self.state, device.id) if device is not None else ()
        since = [entry for _, entry in self.state.follow_ups()] if self.signed else []
        beside = (acts.RETURN, acts.COMMENT)
        if self.signed and (not steps or any(s.entry not in since and s.entry.act not in beside for s in steps)):
            return _refused("visit.signed", "")
        if answered := next((step.entry for step in steps if self._is_answered(step)), None):
            return _refused("visit.return_answered", answered.path)
        if any(step.draft.act == acts.REMOVE_ROW for step in steps) and (away := self._own_part_away()):
            return Recorded(problems=(away,))
        recorded = self._store([step.draft for step in steps]) if steps else Recorded()
        touched = {entry.form for _, entry in recorded.entries} & self._fillings.keys()
        # A result that was kept and is taken back is computed again from what stands.
        self._forget([form for form in touched if keeps_results(self.filling(form).compiled)])
        if any(entry.act == acts.USE_FORM for _, entry in recorded.entries):
            self.refresh()
        return recorded

    def _is_answered(self, step: "Step") -> bool:
        """True for the undo of a return that somebody has answered, or taken back, meanwhile."""
        if step.draft.act != acts.WITHDRAW or step.entry.act != acts.RETURN:
            return False
        named = (return_of(self.state, each[-32:]) for each in step.draft.replaces or ())
        return not any(each is not None and each.is_open for each in named)


def _with(changes: Mapping[str, Changes], form: str, more: Changes) -> Mapping[str, Changes]:
    before = changes.get(form)
    return {**changes, form: more if before is None else Changes(*(a | b for a, b in zip(before, more, strict=True)))}


def _as_stored(value: Value | None) -> Value | None:
    """A value that a form has set as it may enter the ledger; None for no answer, or a text too long for it."""
    said = clean_value(value) if value is not None else None
    return None if said in NO_ANSWER or len(longest_text(said)) > MAX_TEXT else said


def _is_stored_as_said(played: Played) -> bool:
    return all(_as_stored(value) == value for value in played.said.values())


def in_order(filling: Filling, path: str, value: Value) -> Value:
    """Chosen names in the order of the list, so that equal answers are equal entries."""
    if filling.state(path).question.type not in SELECT_TYPES:
        return value
    return filling.in_list_order(path, names(value))
