"""One visit opened on this laptop: the one road by which anything in it changes.

A face calls ``Visit.record`` (or ``sign``, ``undo``, ``redo``) and shows what comes back. What is refused comes back as
problems and leaves everything as it was; failures of the disk are raised by the store.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from assessor_tui.form.columns import asked, folded
from assessor_tui.form.model import SELECT_TYPES, Form, Question, Repeat, walk
from assessor_tui.form.scheme import Category, Scheme, Size
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.clock import hong_kong_time
from assessor_tui.ledger.draft import Draft, RowDraft
from assessor_tui.ledger.entry import Entry, clean, generic_path, plain_name, row_path
from assessor_tui.ledger.follow_up import BESIDE, CLOSING_RECORD, is_follow_up
from assessor_tui.ledger.returns import RETURNERS, open_places, return_of, says_of_return
from assessor_tui.ledger.state import (
    FORK,
    LATE,
    SIGNED,
    Conflict,
    VisitState,
    agree,
    device_letters,
    row_paths,
)
from assessor_tui.ledger.value import (
    MAX_TEXT,
    Evidence,
    Quantity,
    Value,
    from_json,
    names,
    plain_decimal,
    to_json,
)
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.filling import Changes, Context, Filling, misfit
from assessor_tui.problem import Place, Problem
from assessor_tui.store.ledger import Store

if TYPE_CHECKING:
    from assessor_tui.assess.sizes import Extent
    from assessor_tui.ledger.undo import Step

VISIT_DATE = "visit_date"
"""Question of the header form that ``today()`` is taken from."""

LEAD = "lead"
"""Role of the device that may sign."""

GAP = "ledger.gap"
"""Code of what blocks signing where entries have not arrived; the lead may sign over it with a reason."""

GRADE, OWNER, DUE, STATUS = "grade", "owner", "due", "status"
"""Questions of the findings form: how grave, who sees to it, by when, how it stands."""
WITHDRAWN = "withdrawn"
"""Status of a finding that is none any more."""
_GRAVE = frozenset({"veto", "major"})

_BY_PEOPLE = acts.ANSWERING | {
    acts.ADD_ROW, acts.REMOVE_ROW, acts.ATTACH, acts.DETACH, acts.WITHDRAW, acts.NOTE, acts.COMMENT,
    acts.RE_VERIFY, acts.RETURN, acts.APPROVE, acts.DECIDE, acts.LINK,
}  # fmt: skip
"""Acts that ``Visit.record`` takes; the others have functions of their own."""
_TIED = frozenset({acts.NOTE, acts.COMMENT, acts.RETURN, acts.ATTACH})
"""Acts that stand at a place of a form."""
_NOT_STORED = frozenset({"answer.type", "answer.unit", "answer.choice_gone"})
"""What is wrong enough with an answer to refuse it; anything else is stored and flagged."""

_NO_ANSWER: tuple[Value, ...] = ("", ())

_AT_A_TIME = 60
"""Entries stored together that are recalculated one after the other; of more, the whole form is filled in again."""

_RE_ROW = re.compile(r"\[[0-9a-f]{32}\]\Z")


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


class Materials(NamedTuple):
    """What a new visit is made of: a scheme and the forms it needs, by hash."""

    scheme: Scheme
    scheme_hash: str
    forms: Mapping[str, tuple[Form, str]]
    """Form id -> the form and its hash."""


def _refused(code: str, at: str, /, **parameters: str) -> Recorded:
    return Recorded(problems=(Problem(code, Place(path=at), parameters),))


def _too_long(at: str, text: str) -> Recorded:
    return _refused("visit.too_long", at, length=str(len(text)), limit=str(MAX_TEXT))


class Opening(NamedTuple):
    """What is said of a new visit when it is opened."""

    answers: Mapping[str, Value]
    """Of its header, by question."""
    rows: Mapping[str, Sequence[Mapping[str, Value]]] = MappingProxyType({})
    """Repeat of its header -> answers of its first rows."""


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


def create_visits(
    store: Store,
    materials: Materials,
    openings: Sequence[Opening],
    *,
    new_id: Callable[[], str],
    kind: str = "assessment",
    language: str = "en-HK",
) -> list[str]:
    """Ids of new visits, each opened as by ``create_visit``, all of them in one transaction.

    Raises:
        ValueError, StoreError: as ``create_visit``; then there is none of them.
    """
    scheme = materials.scheme
    ordered = _in_walking_order(scheme, {name: form for name, (form, _) in materials.forms.items()})
    compiled = {name: compile_form(form) for name, form in ordered.items() if _sets_something(form)}
    visits = []
    with store.together():
        for opening in openings:
            visit_id = new_id()
            visits.append(visit_id)
            stated = opening.answers.get(VISIT_DATE)
            context = Context(stated if isinstance(stated, str) else "", language, visit=visit_id)
            drafts = [
                Draft(visit_id, acts.OPEN_VISIT, scheme.scheme_id, value=(kind,), version=materials.scheme_hash[:12])
            ]
            drafts += [
                Draft(visit_id, acts.USE_FORM, form=name, version=materials.forms[name][1][:12]) for name in ordered
            ]
            for name in ordered:
                # What the form sets itself is said once, by whoever opens the visit.
                filling = Filling(compiled[name], context) if name in compiled else None
                first: dict[str, Value] = filling.defaults() if filling is not None else {}
                if name == scheme.header_form:
                    first |= opening.answers
                drafts += _answers(visit_id, name, materials.forms[name][1][:12], "", first)
                for repeat, rows in opening.rows.items() if name == scheme.header_form else ():
                    given = filling.defaults_of_rows(repeat, len(rows)) if filling is not None else [{}] * len(rows)
                    for default, answers in zip(given, rows, strict=True):
                        row = row_path(repeat, new_id())
                        drafts.append(Draft(visit_id, acts.ADD_ROW, name, row, version=materials.forms[name][1][:12]))
                        drafts += _answers(visit_id, name, drafts[-1].version, f"{row}/", {**default, **answers})
            store.append(drafts)
    return visits


def _sets_something(form: Form) -> bool:
    return any(isinstance(node, Question) and bool(node.default) for _, node in walk(form.children))


def _answers(visit: str, form: str, version: str, above: str, answers: Mapping[str, Value]) -> Iterator[Draft]:
    """Each answer as it may enter the ledger; raises ValueError for one that may not."""
    for path, value in answers.items():
        if len(_longest(value)) > MAX_TEXT:
            raise ValueError("text too long")
        if (said := clean_value(value)) not in _NO_ANSWER:
            yield Draft(visit, acts.ANSWER, form, above + path, said, version)


def _in_walking_order(scheme: Scheme, forms: Mapping[str, Form]) -> dict[str, Form]:
    """The header first, the checklists in the order of the categories, findings last."""
    order = [scheme.header_form]
    order += [use.form for category in scheme.categories for use in category.forms]
    order += [scheme.findings_form, *sorted(forms)]
    return {name: forms[name] for name in dict.fromkeys(order) if name in forms}


class Visit:
    """One visit, as its entries make it, with the fillings computed from them."""

    def __init__(self, store: Store, visit_id: str, *, new_id: Callable[[], str], language: str = "en-HK") -> None:
        self.store = store
        self.id = visit_id
        self.new_id = new_id
        self.language = language
        self.state: VisitState = store.state(visit_id)
        self._fillings: dict[str, Filling] = {}
        self._extent: tuple[VisitState, int, Extent] | None = None
        self._returned: tuple[VisitState, int, frozenset[tuple[str, str]]] | None = None

    # What the visit is made of.

    @cached_property
    def scheme(self) -> Scheme:
        """The scheme it was opened under."""
        return self.store.scheme(self.opening.version)

    @property
    def opening(self) -> Entry:
        """The entry that opened the visit; errors as ``VisitState.opening``."""
        return self.state.opening

    @cached_property
    def versions(self) -> dict[str, str]:
        """Form id -> first 12 hexadecimal digits of the hash of the version in use, of every form that is here."""
        return {name: version for name, version in self.state.forms.items() if name in self.forms}

    @cached_property
    def forms(self) -> dict[str, Form]:
        """The forms in walking order; one whose definition has not arrived yet is left out."""
        found: dict[str, Form] = {}
        for name, version in self.state.forms.items():
            with suppress(KeyError):
                found[name] = self.store.form(version)
        return _in_walking_order(self.scheme, found)

    def filling(self, form: str) -> Filling:
        """The filling of one form, made when it is first asked for.

        Raises:
            KeyError: when the visit does not use this form.
        """
        if form not in self._fillings:
            self._fillings[form] = self.filled(form, self.state)
        return self._fillings[form]

    def filled(self, form: str, state: VisitState) -> Filling:
        """The form filled in as another state of this visit has it; the visit stays as it is."""
        filling = Filling(compile_form(self.forms[form]), Context(self.today, self.language, visit=self.id))
        filling.load(state.rows(form), state.answers(form))
        return filling

    @property
    def fillings(self) -> dict[str, Filling]:
        """All fillings in walking order."""
        return {form: self.filling(form) for form in self.forms}

    @property
    def checklists(self) -> dict[str, Filling]:
        """The fillings of the checklists only, in walking order."""
        return {name: self.filling(name) for name, form in self.forms.items() if form.kind == "checklist"}

    @property
    def today(self) -> str:
        """The date of the visit by its header, else the day it was opened: what ``today()`` means in its forms."""
        stated = self.header(VISIT_DATE)
        if isinstance(stated, str) and stated:
            return stated
        return hong_kong_time(self.opening.at).date().isoformat()

    def header(self, path: str) -> Value | None:
        """The header's answer at ``path``, None when there is none."""
        standing = self.state.standing(self.scheme.header_form, path)
        return standing.value if standing is not None else None

    @property
    def category(self) -> Category:
        """The category applied for; the scheme's first while the header does not say."""
        chosen = names(self.header(self.scheme.category_question.partition("/")[2]))
        return next((each for each in self.scheme.categories if each.name in chosen), self.scheme.categories[0])

    @property
    def size(self) -> Size | None:
        """The size of the visit by its header or the number of employees; None in a scheme without."""
        from assessor_tui.assess.sizes import size_of

        return size_of(self.scheme, self.header)

    @property
    def extent(self) -> "Extent":
        """What the visit asks and what of it is scored."""
        # Every line of the walk asks; what the header says can have changed only with a further entry.
        if self._extent is None or self._extent[0] is not self.state or self._extent[1] != len(self.state):
            from assessor_tui.assess.sizes import extent_of

            self._extent = self.state, len(self.state), extent_of(self.scheme, self.category, self.header)
        return self._extent[2]

    @property
    def asks(self) -> str:
        """``core`` or ``full``: the questions that count as left to do."""
        return self.extent.asks

    @property
    def signed(self) -> bool:
        """True while a signature stands that nobody has reopened."""
        return self.state.is_signed

    @cached_property
    def before(self) -> "Visit | None":
        """The site's last visit before this one, as far as it is on this laptop; looked for once."""
        from assessor_tui.carry.exchange import earlier_visits

        earlier = earlier_visits(self.store, self)
        return Visit(self.store, earlier[-1], new_id=self.new_id, language=self.language) if earlier else None

    def doubt(self, form: str, path: str, value: Value) -> Problem | None:
        """What to ask before this number is saved: far from its neighbours' or the last visit's; None for nothing.

        Raises:
            KeyError: when there is no question at ``path``.
        """
        from assessor_tui.assess.unlike import doubt_at

        if not isinstance(value, Quantity):
            return None
        rows = list(row_paths(path))
        repeat = self._repeats(form).get(generic_path(_RE_ROW.sub("", rows[-1]))) if rows else None
        before = self.before
        then = before.filling(form) if before is not None and form in before.forms else None
        return doubt_at(self.filling(form), repeat, path, value, then)

    def set_language(self, language: str) -> None:
        """Labels, row names and messages of the forms follow in ``language``."""
        self.language = language
        for filling in self._fillings.values():
            filling.set_language(language)

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
        if len(long := max(why, _longest(value), key=len)) > MAX_TEXT:
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
    def returned(self) -> frozenset[tuple[str, str]]:
        """Form and path of each place where a return waits for an answer."""
        # Every line of the walk asks.
        if self._returned is None or self._returned[0] is not self.state or self._returned[1] != len(self.state):
            found = open_places(self.state) if self.state.returned else frozenset()
            self._returned = self.state, len(self.state), found
        return self._returned[2]

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

    def is_place(self, form: str, path: str) -> bool:
        """True for a group, repeat, question or row of the form whose rows all stand."""
        filling = self.filling(form)
        try:
            rows_stand = all(row[-33:-1] in filling.rows(row[:-34]) for row in row_paths(path))
        except KeyError:
            return False
        places = ("/".join((*above, node.name)) for above, node in walk(self.forms[form].children))
        return rows_stand and generic_path(path) in places

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
        drafts = [answer] if isinstance(answer, Draft) else []
        if note:
            drafts.append(self._draft(acts.NOTE, form, path, note, replaces=()))
        return self._store(drafts) if drafts else Recorded()

    def _answer(self, act: str, form: str, path: str, value: Value | None, why: str) -> Recorded:
        draft = self._answer_draft(act, form, path, value, why)
        return draft if isinstance(draft, Recorded) else self._store([draft])

    def _answer_draft(self, act: str, form: str, path: str, value: Value | None, why: str) -> Recorded | Draft:
        """The answer as it is to be stored; or why not, without problems when it stands already."""
        filling = self.filling(form)
        try:
            now = filling.state(path)
        except KeyError:
            return _refused("visit.unknown_path", path, path=path)
        if now.question.type in ("calculate", "note", "file"):
            return _refused("visit.not_answered_by_people", path)
        if value is not None:
            try:
                value = clean_value(value)
            except ValueError:
                return _refused("answer.type", path, type=now.question.type)
            if act == acts.ANSWER and value in _NO_ANSWER:
                return _refused("visit.empty_text", path)
            if len(long := _longest(value)) > MAX_TEXT:
                return _too_long(path, long)
            value = in_order(now.question, value, [choice.name for choice in filling.choices(path)])
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
        filling = self.filling(form)
        repeat = self._repeat(form, path)
        if repeat is None:
            return _refused("visit.unknown_path", path, path=path)
        if repeat.repeat_count:
            return _refused("visit.counted_rows", path)
        row = row_path(path, self.new_id())
        # What the form sets in a new row is said once, by whoever adds it.
        first = {**filling.row_defaults(path), **{name: clean_value(value) for name, value in answers.items()}}
        drafts = [self._draft(acts.ADD_ROW, form, row, None)]
        drafts += [
            self._draft(acts.ANSWER, form, f"{row}/{name}", value)
            for name, value in first.items()
            if value not in _NO_ANSWER
        ]
        return self._store(drafts)

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
        rows = tuple(rows)
        defaults = iter(filling.defaults_of_rows(path, sum(not row for row, _ in rows)))
        changes: list[Draft] = []
        added: list[Draft] = []
        new: set[str] = set()
        problems: list[Problem] = []
        for row, answers in rows:
            if row and (not row.startswith(f"{path}[") or row[-33:-1] not in standing):
                return _refused("visit.unknown_path", row, path=row)
            if not row and repeat.repeat_count:
                return _refused("visit.counted_rows", path)
            if not row:
                at = row_path(path, self._row_id(form, path, repeat, answers))
                if at in new:  # the key stands twice in the table: two rows for people to look at, not one mixed
                    at = row_path(path, self.new_id())
                new.add(at)
                added.append(self._draft(acts.ADD_ROW, form, at, None))
                added += (
                    self._draft(acts.ANSWER, form, f"{at}/{name}", value)
                    for name, value in next(defaults).items()
                    if name not in answers
                )
            for name, given in answers.items():
                cell = f"{row or at}/{name}"
                question = questions.get(name)
                value = clean_value(given)
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
                else:
                    added.append(self._draft(acts.ANSWER, form, cell, value))
        if problems:
            return Recorded(problems=tuple(problems))
        return self._store([*changes, *added]) if changes or added else Recorded()

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
        if value in _NO_ANSWER:
            return Problem("visit.empty_text")
        if len(long := _longest(value)) > MAX_TEXT:
            return Problem("visit.too_long", parameters={"length": str(len(long)), "limit": str(MAX_TEXT)})
        if (wrong := misfit(question, value)) is not None:
            return Problem(wrong[0], parameters=wrong[1])
        if question.type in SELECT_TYPES and question.list_name:
            known = {choice.name for choice in filling.compiled.form.choices.get(question.list_name, ())}
            if gone := [name for name in names(value) if name not in known]:
                return Problem("answer.choice_gone", parameters={"choice": ", ".join(gone)})
        return None

    def _remove_row(self, form: str, path: str, why: str) -> Recorded:
        above = _RE_ROW.sub("", path)
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
        return self._store([self._draft(acts.REMOVE_ROW, form, path, None, why)])

    def _repeat(self, form: str, path: str) -> Repeat | None:
        """The repeat at ``path``, None when there is none or the row it stands in does not exist."""
        try:
            self.filling(form).rows(path)
        except KeyError:
            return None
        return self._repeats(form).get(generic_path(path))

    def _repeats(self, form: str) -> dict[str, Repeat]:
        return {
            "/".join((*path, node.name)): node
            for path, node in walk(self.forms[form].children)
            if isinstance(node, Repeat)
        }

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

    def _apply(self, entries: Iterable[tuple[str, Entry]]) -> dict[str, Changes]:
        changes: dict[str, Changes] = {}
        entries = list(entries)
        if len(entries) > _AT_A_TIME:
            return self._apply_many(entries)
        for digest, entry in entries:
            self.state.add(digest, entry)
            touched = self._refill(entry) if entry.form in self._fillings else None
            if touched is not None:
                before = changes.get(entry.form)
                changes[entry.form] = touched if before is None else _union(before, touched)
            if entry.form == self.scheme.header_form:
                self.__dict__.pop("before", None)
                if entry.path == VISIT_DATE:
                    self._fillings.clear()
        return changes

    def _apply_many(self, entries: Sequence[tuple[str, Entry]]) -> dict[str, Changes]:
        """As ``_apply``: each form is filled in once, and not after every entry."""
        touched: dict[str, set[str]] = {}
        for digest, entry in entries:
            self.state.add(digest, entry)
            touched.setdefault(entry.form, set()).add(entry.path)
        changes: dict[str, Changes] = {}
        for form, paths in touched.items():
            if form == self.scheme.header_form:
                self.__dict__.pop("before", None)
                if VISIT_DATE in paths:
                    self._fillings.clear()
            if (filling := self._fillings.get(form)) is not None:
                filling.load(self.state.rows(form), self.state.answers(form))
                repeats = frozenset(_RE_ROW.sub("", path) for path in paths if path.endswith("]"))
                everything = frozenset(paths)
                changes[form] = Changes(everything, everything, everything, repeats)
        return changes

    def _refill(self, entry: Entry) -> Changes | None:
        filling = self._fillings[entry.form]
        if entry.act in acts.ANSWERING:
            standing = self.state.standing(entry.form, entry.path)
            assert standing is not None
            try:
                return filling.set(entry.path, standing.value, standing.status)
            except KeyError:
                return None  # settled where this version of the form, or a row that is gone, asks nothing
        if entry.act in acts.ROWS:
            repeat, row = _RE_ROW.sub("", entry.path), entry.path[-33:-1]
            standing_rows = self.state.rows(entry.form).get(repeat, [])
            if row in standing_rows and row not in filling.rows(repeat):
                changes = filling.add_row(repeat, row, standing_rows.index(row))
                if len(self.state.history(entry.form, entry.path)) == 1:
                    return changes  # new, so nobody has answered in it yet
                for inner, rows in sorted(self.state.rows(entry.form).items()):
                    if inner.startswith(f"{entry.path}/"):
                        for each in rows:
                            changes = _union(changes, filling.add_row(inner, each))
                for path, (status, value) in self.state.answers(entry.form).items():
                    if path.startswith(f"{entry.path}/"):
                        with suppress(KeyError):  # in an inner row that the form does not count any more
                            changes = _union(changes, filling.set(path, value, status))
                return changes
            if row not in standing_rows and row in filling.rows(repeat):
                return filling.remove_row(entry.path)
        return None

    def refresh(self) -> None:
        """Reads the visit again after a merge."""
        self.state = self.store.state(self.id)
        self._fillings.clear()
        for name in ("versions", "forms", "scheme", "before"):
            self.__dict__.pop(name, None)

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
        stored = self._store([draft])
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

    def keep(self, drafts: Sequence[Draft]) -> Recorded:
        """What came of drafts that were checked: all in one append, so that one undo takes all of it back."""
        return self._store(drafts) if drafts else Recorded()

    def _asks(self, form: str, path: str) -> bool:
        """True while the question at ``path`` can be answered: its form is here and asks it, its rows stand."""
        try:
            self.filling(form).state(path)
        except KeyError:
            return False
        return True

    def blocks_signing(self) -> list[Problem]:
        """What must be done before the visit can be signed, most pressing first; ``place`` is form and path.

        Entries or a form of the scheme that have not arrived, an open return, a conflict, a wrong answer, a required
        one that is missing, proof or a reason that an answer demands, a grave finding without owner or date.
        """
        from assessor_tui.assess.left import CONFLICT, DEMAND, RETURNED, ROWS, UNANSWERED, WRONG, left_to_do

        found: list[Problem] = []
        for left in left_to_do(self.fillings, self.state, full=self.extent.full):
            at = Place(file=left.form, path=left.paths[0])
            if left.kind in (RETURNED, CONFLICT, WRONG, DEMAND, ROWS) and left.problem is not None:
                found.append(left.problem._replace(place=at))
            elif left.kind == UNANSWERED:
                filling = self.filling(left.form)
                required = (path for path in left.paths if filling.state(path).required)
                found += (Problem("answer.required", Place(file=left.form, path=path)) for path in required)
        return [*self._gaps(), *self._forms_to_come(), *found, *self._grave_findings()]

    def _gaps(self) -> Iterator[Problem]:
        # Nobody can sign what has not arrived, and what stands behind it would count as late at once.
        for _, entry in self.state.gaps():
            device = f"{device_letters(entry.device)} ({entry.person})"
            yield Problem(GAP, parameters={"seq": str(entry.seq), "device": device})
        if away := self._own_part_away():
            yield away

    def _own_part_away(self) -> Problem | None:
        """What to say where this laptop's own later entries matter and were put away; None while they are here.

        Whoever removes a row or signs is taken to know all that stands before in his own log.
        """
        own = self.store.device
        if own is None or not self.store.is_in_part(self.id):
            return None
        return Problem("visit.in_part", parameters={"device": own.letters})

    def _forms_to_come(self) -> Iterator[Problem]:
        asked = {self.scheme.header_form, self.scheme.findings_form}
        asked.update(use.form for category in self.scheme.categories for use in category.forms)
        for form in sorted(asked & (self.state.forms.keys() - self.forms.keys())):
            yield Problem("visit.unknown_form", Place(file=form), {"form": form})

    def _grave_findings(self) -> Iterator[Problem]:
        form = self.scheme.findings_form
        if form not in self.versions:
            return
        filling = self.filling(form)
        for item in filling.items():
            if (
                item.kind != "question"
                or item.node.name != GRADE
                or not _GRAVE.intersection(names(filling.state(item.path).value))
            ):
                continue
            row = item.path.removesuffix(GRADE)
            if self._is_withdrawn(filling, row):
                continue
            for name in (OWNER, DUE):
                try:
                    missing = filling.state(row + name).status == "missing"
                except KeyError:
                    continue
                if missing:
                    yield Problem(f"visit.finding_{name}", Place(file=form, path=row + name))

    @staticmethod
    def _is_withdrawn(filling: Filling, row: str) -> bool:
        try:
            return WITHDRAWN in names(filling.state(row + STATUS).value)
        except KeyError:
            return False

    def digest(self) -> str:
        """Digest of the canonical assessment as the visit stands: what a signature signs."""
        from assessor_tui.assess.assessment import assessment, digest

        return digest(assessment(self.id, self.scheme, self.forms, self.state, self.today))

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
        return self._store([step.draft for step in steps]) if steps else Recorded()

    def _is_answered(self, step: "Step") -> bool:
        """True for the undo of a return that somebody has answered, or taken back, meanwhile."""
        if step.draft.act != acts.WITHDRAW or step.entry.act != acts.RETURN:
            return False
        named = (return_of(self.state, each[-32:]) for each in step.draft.replaces or ())
        return not any(each is not None and each.is_open for each in named)


def _union(first: Changes, second: Changes) -> Changes:
    return Changes(*(one | other for one, other in zip(first, second, strict=True)))


def clean_value(value: Value) -> Value:
    """The value as it may enter the ledger: clean text, canonical decimals.

    Raises:
        ValueError: when a quantity's number is not a decimal.
    """
    if isinstance(value, Quantity):
        return Quantity(plain_decimal(value.n), clean(value.u))
    if isinstance(value, Evidence):
        return Evidence(value.kind, {key: clean(text) for key, text in value.about.items() if text})
    if isinstance(value, str):
        return clean(value.strip())
    return value


def _longest(value: Value | None) -> str:
    """The longest text that people wrote in the value; ``""`` when there is none."""
    if isinstance(value, Evidence):
        return max(value.about.values(), key=len, default="")
    return value if isinstance(value, str) else ""


def in_order(question: Question, value: Value, choices: Sequence[str]) -> Value:
    """Chosen names in the order of the list, so that equal answers are equal entries."""
    if question.type not in SELECT_TYPES:
        return value
    place = {name: index for index, name in enumerate(choices)}
    return tuple(sorted(names(value), key=lambda name: place.get(name, len(place))))
