"""One visit as its entries make it: its forms filled in, what it asks, and what stands in the way of signing it."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Self

from assessor_tui.form.model import Form, Repeat, walk
from assessor_tui.form.scheme import Category, Scheme, Size
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.clock import hong_kong_time
from assessor_tui.ledger.entry import Entry, generic_path
from assessor_tui.ledger.returns import open_places
from assessor_tui.ledger.state import VisitState, device_letters, row_paths
from assessor_tui.ledger.value import Quantity, Value, names
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.filling import Changes, Context, Filling
from assessor_tui.logic.nodes import Leaf
from assessor_tui.logic.visits import visit_context
from assessor_tui.problem import Place, Problem
from assessor_tui.store.ledger import Store

if TYPE_CHECKING:
    from assessor_tui.assess.sizes import Extent

VISIT_DATE = "visit_date"
"""Question of the header form that ``today()`` is taken from."""

GAP = "ledger.gap"
"""Code of what blocks signing where entries have not arrived; the lead may sign over it with a reason."""

GRADE, OWNER, DUE, STATUS = "grade", "owner", "due", "status"
"""Questions of the findings form: how grave, who sees to it, by when, how it stands."""
WITHDRAWN = "withdrawn"
"""Status of a finding that is none any more."""
_GRAVE = frozenset({"veto", "major"})

_AT_A_TIME = 60
"""Entries stored together that are recalculated one after the other; of more, the whole form is filled in again."""

RE_ROW = re.compile(r"\[[0-9a-f]{32}\]\Z")
"""The end of a row's path."""


def in_walking_order(scheme: Scheme, forms: Mapping[str, Form]) -> dict[str, Form]:
    """The header first, the checklists in the order of the categories, then those beside the scheme, findings last."""
    order = [scheme.header_form]
    order += [use.form for category in scheme.categories for use in category.forms]
    order += [*(name for name in sorted(forms) if name != scheme.findings_form), scheme.findings_form]
    return {name: forms[name] for name in dict.fromkeys(order) if name in forms}


def asks_last_saved(form: Form) -> bool:
    """True when an expression of the form looks at the visit before: ``${last-saved#name}``."""
    return any(isinstance(text, str) and "last-saved#" in text for _, node in walk(form.children) for text in node)


class FilledVisit:
    """One visit, as its entries make it, with the fillings computed from them. Asking changes nothing."""

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
        return in_walking_order(self.scheme, found)

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
        # What the form sets because of an answer is recorded with it, so that nothing acts by itself later.
        filling = Filling(compile_form(self.forms[form]), self.context(form), acting=False)
        filling.load(state.rows(form), state.answers(form))
        return filling

    def context(self, form: str) -> Context:
        """What the expressions of a form may know beyond its answers: nothing that differs between laptops."""
        return visit_context(self.today, self.language, self.id, self.last_saved(self.forms[form]))

    def last_saved(self, form: Form) -> dict[str, str]:
        """Values of the site's visit before this one, by path, where the form asks for them."""
        if not asks_last_saved(form) or self.before is None or form.form_id not in self.before.forms:
            return {}
        leaves = self.before.filling(form.form_id).nodes.items()
        return {path: leaf.text for path, leaf in leaves if isinstance(leaf, Leaf) and "[" not in path}

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
    def before(self) -> Self | None:
        """The site's last visit before this one, as far as it is on this laptop; looked for once."""
        from assessor_tui.carry.naming import earlier_visits

        earlier = earlier_visits(self.store, self)
        return type(self)(self.store, earlier[-1], new_id=self.new_id, language=self.language) if earlier else None

    @property
    def returned(self) -> frozenset[tuple[str, str]]:
        """Form and path of each place where a return waits for an answer."""
        # Every line of the walk asks.
        if self._returned is None or self._returned[0] is not self.state or self._returned[1] != len(self.state):
            found = open_places(self.state) if self.state.returned else frozenset()
            self._returned = self.state, len(self.state), found
        return self._returned[2]

    def is_place(self, form: str, path: str) -> bool:
        """True for a group, repeat, question or row of the form whose rows all stand."""
        filling = self.filling(form)
        try:
            rows_stand = all(row[-33:-1] in filling.rows(row[:-34]) for row in row_paths(path))
        except KeyError:
            return False
        places = ("/".join((*above, node.name)) for above, node in walk(self.forms[form].children))
        return rows_stand and generic_path(path) in places

    def doubt(self, form: str, path: str, value: Value) -> Problem | None:
        """What to ask before this number is saved: far from its neighbours' or the last visit's; None for nothing.

        Raises:
            KeyError: when there is no question at ``path``.
        """
        from assessor_tui.assess.unlike import doubt_at

        if not isinstance(value, Quantity):
            return None
        rows = list(row_paths(path))
        repeat = self._repeats(form).get(generic_path(RE_ROW.sub("", rows[-1]))) if rows else None
        before = self.before
        then = before.filling(form) if before is not None and form in before.forms else None
        return doubt_at(self.filling(form), repeat, path, value, then)

    def set_language(self, language: str) -> None:
        """Labels, row names and messages of the forms follow in ``language``."""
        self.language = language
        for filling in self._fillings.values():
            filling.set_language(language)

    def _repeats(self, form: str) -> dict[str, Repeat]:
        return {
            "/".join((*path, node.name)): node
            for path, node in walk(self.forms[form].children)
            if isinstance(node, Repeat)
        }

    def digest(self) -> str:
        """Digest of the canonical assessment as the visit stands: what a signature signs."""
        from assessor_tui.assess.assessment import assessment, digest

        return digest(assessment(self.id, self.scheme, self.forms, self.state, self.today))

    # Keeping up with its entries.

    def refresh(self) -> None:
        """Reads the visit again after a merge."""
        self.state = self.store.state(self.id)
        self._fillings.clear()
        for name in ("versions", "forms", "scheme", "before"):
            self.__dict__.pop(name, None)

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
                repeats = frozenset(RE_ROW.sub("", path) for path in paths if path.endswith("]"))
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
            repeat, row = RE_ROW.sub("", entry.path), entry.path[-33:-1]
            standing_rows = self.state.rows(entry.form).get(repeat, [])
            if row in standing_rows and row not in filling.rows(repeat):
                changes = filling.add_row(repeat, row, standing_rows.index(row))
                if len(self.state.history(entry.form, entry.path)) == 1:
                    return changes  # new, so nobody has answered in it yet
                for inner, rows in sorted(self.state.rows(entry.form).items()):
                    if inner.startswith(f"{entry.path}/"):
                        for each in rows:
                            if each not in filling.rows(inner):  # the filling has kept those that went with their row
                                changes = _union(changes, filling.add_row(inner, each))
                for path, (status, value) in self.state.answers(entry.form).items():
                    if path.startswith(f"{entry.path}/"):
                        with suppress(KeyError):  # in an inner row that the form does not count any more
                            changes = _union(changes, filling.set(path, value, status))
                return changes
            if row not in standing_rows and row in filling.rows(repeat):
                return filling.remove_row(entry.path)
        return None

    # What must be done before it can be signed.

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


def _union(first: Changes, second: Changes) -> Changes:
    return Changes(*(one | other for one, other in zip(first, second, strict=True)))
