"""The closing record: what is said at the end of a visit and signed by the site, as plain JSON data with a digest.

A function of the forms and the entries alone, in no language: choices stand by their names, what people wrote as they
wrote it. So every laptop that holds the same entries computes the same digest, whatever it prints. No score, no note
and no comment enters it; a conflict is told where it is about what the site signs.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from assessor_tui.form.model import GRADES, LANGUAGES, Form, Question, walk
from assessor_tui.form.scheme import Scheme
from assessor_tui.form.script import is_in
from assessor_tui.ledger.awaited import awaited_of
from assessor_tui.ledger.entry import canonical_json, generic_path, plain_name
from assessor_tui.ledger.follow_up import CLOSING_RECORD as CLOSING_RECORD
from assessor_tui.ledger.state import Head, VisitState
from assessor_tui.ledger.value import names
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.filling import Filling
from assessor_tui.logic.visits import visit_context

SHAPE = "1"
FINDINGS, ACTIONS, DOCUMENTS, TEAM, ATTENDANCE = "findings", "actions", "requested_documents", "team", "attendance"
TEXT_IN: Mapping[str, str] = dict(zip(LANGUAGES, ("text_en", "text_hant", "text_hans"), strict=True))
"""Language tag -> question of a finding that holds its text in that language."""
GOOD = "good_practice"
WITHDRAWN, CLOSED = "withdrawn", "closed"
OWED = ("requested", "refused", "expired")
"""States of a requested document that the site still has to show."""

_HEADER = (
    "site_name_zh", "site_name_en", "registered_number", "site_address_zh", "site_address_en", "application_number",
    "visit_date", "visit_last_date", "deadline", "closing_words",
)  # fmt: skip
_OF_FINDING = (
    "text", *TEXT_IN.values(), "highlight", "where", "how_much", "objective_evidence", "clause", "owner", "due",
    "response_words",
)  # fmt: skip
_DISPUTED = ("grade", "text", *TEXT_IN.values(), "where", "owner", "due", "response", "status")

Data = dict[str, Any]


def closing(visit: str, scheme: Scheme, forms: Mapping[str, Form], state: VisitState, today: str) -> Data:
    """What the closing record says, as JSON data: texts, lists and mappings, empty ones left out.

    Args:
        visit: its id.
        scheme: the scheme it was opened under.
        forms: form id -> form, in walking order.
        state: what its entries say.
        today: the visit's date, ISO 8601.
    """
    return _Closing(visit, scheme, forms, state, today).data()


def digest(data: Mapping[str, Any]) -> str:
    """The record's digest as people compare it: the first 80 bits of SHA-256, as ``3F2A-91BC-07DE-44A1-5C0D``."""
    whole = hashlib.sha256(canonical_json(data)).hexdigest().upper()
    return "-".join(whole[at : at + 4] for at in range(0, 20, 4))


def text_in(finding: Mapping[str, Any], language: str) -> tuple[str, bool]:
    """The finding's text for readers of ``language``, and True when there is none and the original is given."""
    own = finding.get(TEXT_IN[language], "")
    original = finding.get("text", "")
    return (own, False) if own else (original, not is_in(original, language))


def without_text(data: Mapping[str, Any], language: str) -> list[Mapping[str, Any]]:
    """Findings and good practices that have no text in ``language``, in the order of the record."""
    return [each for each in (*data["good"], *data["findings"]) if text_in(each, language)[1]]


def outdated(scheme: Scheme, state: VisitState, data: Mapping[str, Any], language: str) -> list[Mapping[str, Any]]:
    """Findings whose text was changed after their text in ``language`` had been written: the site would read the old.

    It is asked who knew what, not what a clock said.
    """
    form = scheme.findings_form
    found = []
    for each in (*data["good"], *data["findings"]):
        text = state.standing(form, f"{each['path']}/text")
        own = state.standing(form, f"{each['path']}/{TEXT_IN[language]}")
        if text is None or own is None or own.status == "missing":
            continue
        if state.knows(text.heads[0], own.heads[0]) and text.value != own.value:
            found.append(each)
    return found


def unheard(data: Mapping[str, Any], state: VisitState) -> list[str]:
    """Names of the team, as the header has them, from whose laptops nothing has arrived."""
    heard = {plain_name(entry.person) for _, entry in state.entries()}
    team = (member.get("member_name", "") for member in data["team"])
    return [name for name in team if name and plain_name(name) not in heard]


def recorded(scheme: Scheme, state: VisitState) -> Head | None:
    """The entry that says which closing record was written last; None before the first."""
    standing = state.standing(scheme.header_form, CLOSING_RECORD)
    if standing is None or standing.status != "answered":
        return None
    return standing.heads[0]


def since(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[tuple[str, str, tuple[str, ...]]]:
    """How the findings differ between two records: number, ``new``, ``gone`` or ``changed``, and the parts that do."""
    old = {each["path"]: each for each in (*before["good"], *before["findings"])}
    new = {each["path"]: each for each in (*now["good"], *now["findings"])}
    found: list[tuple[str, str, tuple[str, ...]]] = []
    for path, each in new.items():
        if path not in old:
            found.append((each["number"], "new", ()))
        elif parts := tuple(sorted(key for key in {*each, *old[path]} if each.get(key) != old[path].get(key))):
            found.append((each["number"], "changed", parts))
    return found + [(each["number"], "gone", ()) for path, each in old.items() if path not in new]


class _Closing:
    """What the parts of one record are computed from."""

    def __init__(self, visit: str, scheme: Scheme, forms: Mapping[str, Form], state: VisitState, today: str) -> None:
        self.visit, self.scheme, self.forms, self.state, self.today = visit, scheme, forms, state, today
        self.fillings: dict[str, Filling] = {}
        self.answers = {form: state.answers(form) for form in forms}

    def filling(self, form: str) -> Filling:
        if form not in self.fillings:
            filling = Filling(compile_form(self.forms[form]), visit_context(self.today, LANGUAGES[0], self.visit))
            filling.load(self.state.rows(form), self.answers[form])
            self.fillings[form] = filling
        return self.fillings[form]

    def data(self) -> Data:
        found = list(self._findings())
        used = {self.scheme.header_form, self.scheme.findings_form}
        return {
            "shape": SHAPE,
            "visit": self.visit,
            "date": self.today,
            "scheme": self.scheme.scheme_id,
            "forms": {form: version for form, version in self.state.forms.items() if form in used},
            "header": self._said(self.scheme.header_form, "", _HEADER),
            "team": [
                self._said(self.scheme.header_form, row, ("member_name", "member_role"))
                for row in self._rows(self.scheme.header_form, TEAM)
            ],
            "good": [each for each in found if each.get("grade") == GOOD],
            "findings": sorted((each for each in found if each.get("grade") != GOOD), key=_gravest_first),
            "actions": list(self._actions()),
            "owed": [*self._to_come(), *self._documents()],
            "attendance": list(self._attendance()),
        }

    def _rows(self, form: str, repeat: str) -> list[str]:
        """Paths of the rows, in their order; none where the form has no such table."""
        if form not in self.forms:
            return []
        try:
            return [f"{repeat}[{row}]" for row in self.filling(form).rows(repeat)]
        except KeyError:
            return []

    def _answer(self, form: str, path: str) -> Any:
        """The answer that stands and counts, None without one."""
        try:
            now = self.filling(form).state(path)
        except KeyError:
            return None
        return now.value if now.status == "answered" and now.relevant else None

    def _text(self, form: str, path: str) -> str:
        value = self._answer(form, path)
        return value if isinstance(value, str) else ""

    def _choice(self, form: str, path: str) -> str:
        return (names(self._answer(form, path)) or ("",))[0]

    def _said(self, form: str, row: str, questions: tuple[str, ...]) -> Data:
        """Texts and choices of a row (or of the form) that are answered, by question."""
        if form not in self.forms:
            return {}
        found = {}
        for name in questions:
            path = f"{row}/{name}" if row else name
            value = self._text(form, path) or self._choice(form, path)
            if value:
                found[name] = value
        return found

    def _findings(self) -> Iterator[Data]:
        form = self.scheme.findings_form
        for row in self._rows(form, FINDINGS):
            state = self._choice(form, f"{row}/status")
            if state == WITHDRAWN:
                continue
            found: Data = {"path": row, "number": self.state.row_number(form, row, self._letter(form, FINDINGS))}
            found |= self._said(form, row, (*_OF_FINDING, "grade", "response"))
            if question := self._question(self._text(form, f"{row}/question")):
                found["question"] = question
            if state == CLOSED:
                found["closed"] = True
            disputed = [
                name
                for name in _DISPUTED
                if (standing := self.state.standing(form, f"{row}/{name}")) is not None and standing.disputed
            ]
            if disputed:
                found["disputed"] = disputed
            yield found

    def _letter(self, form: str, repeat: str) -> str:
        return next(
            (str(getattr(node, "row_letter", "")) for path, node in walk(self.forms[form].children)
             if "/".join((*path, node.name)) == repeat),
            "",
        )  # fmt: skip

    def _question(self, about: str) -> str:
        """Number of the question a finding is about; what was typed there when it names none."""
        form, _slash, path = about.partition("/")
        if form not in self.forms:
            return about
        wanted = generic_path(path)
        for above, node in walk(self.forms[form].children):
            if "/".join((*above, node.name)) == wanted:
                return str(getattr(node, "number", ""))
        return ""

    def _actions(self) -> Iterator[Data]:
        form = self.scheme.findings_form
        for row in self._rows(form, ACTIONS):
            said = self._said(form, row, ("action", "action_owner", "action_due", "action_state"))
            if said.pop("action_state", "") == "dropped" or "action" not in said:
                continue
            said["number"] = self.state.row_number(form, row, self._letter(form, ACTIONS))
            finding = self._choice(form, f"{row}/action_finding")
            if finding:
                letter = self._letter(form, FINDINGS)
                said["finding"] = self.state.row_number(form, f"{FINDINGS}[{finding}]", letter)
            yield said

    def _to_come(self) -> Iterator[Data]:
        for form, answers in self.answers.items():
            awaited = {path for path, (status, _) in answers.items() if status == "to come"}
            if not awaited:
                continue
            for item in self.filling(form).items():
                standing = self.state.standing(form, item.path) if item.path in awaited else None
                if standing is None or not isinstance(item.node, Question) or _is_internal(item.node):
                    continue
                said = awaited_of(standing.entry.why)
                found = {"form": form, "path": item.path, "what": said.what, "whom": said.whom, "until": said.until}
                yield {key: text for key, text in found.items() if text}

    def _documents(self) -> Iterator[Data]:
        form = self.scheme.header_form
        for row in self._rows(form, DOCUMENTS):
            said = self._said(form, row, ("requested_document", "document_detail", "document_state"))
            if said.get("document_state") in OWED:
                yield {"path": row, **said}

    def _attendance(self) -> Iterator[Data]:
        form = self.scheme.header_form
        for row in self._rows(form, ATTENDANCE):
            said = self._said(form, row, ("attendee_name", "attendee_post", "attendee_side"))
            if meetings := names(self._answer(form, f"{row}/attended")):
                said["attended"] = list(meetings)
            yield said


def _is_internal(question: Question) -> bool:
    return str(question.extra.get("internal", "")).lower() in ("yes", "true")


def _gravest_first(found: Data) -> int:
    return GRADES.index(found["grade"]) if found.get("grade") in GRADES else len(GRADES)
