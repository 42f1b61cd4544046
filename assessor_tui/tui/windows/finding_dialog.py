"""Writing a finding about a question: its ready text with the blanks asked, or one's own words."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding

from assessor_tui.assess.closing import TEXT_IN
from assessor_tui.form.model import GRADES, LANGUAGES, in_language
from assessor_tui.i18n import LANGUAGE_NAMES, _, language
from assessor_tui.ledger.value import Evidence, Value
from assessor_tui.tui.shown.findings import REPEAT, blanks, filled, findings_repeat, has_findings
from assessor_tui.tui.shown.rows import place_words, row_around, spoken_number
from assessor_tui.tui.windows.dialog import Choose, Option
from assessor_tui.tui.windows.fields_dialog import Asked, AskFields

if TYPE_CHECKING:
    from assessor_tui.tui.visit_screen import VisitScreen

FINDING_LANGUAGE = "finding language"
"""Key of the visit's local state: the language in which findings are written for this site."""


Keep = Callable[[Mapping[str, str] | None], None]


class AskFinding(AskFields):
    """The blanks of a ready text, with what comes of them; Ctrl+L shows the text in the site's other languages."""

    BINDINGS: ClassVar[list[Any]] = [Binding("ctrl+l", "tongue", show=False, priority=True)]

    def __init__(
        self, title: str, about: str, text: Mapping[str, str], fields: list[Asked], tag: str, keep: "Keep"
    ) -> None:
        self.ready = text
        self.tag = tag
        self.about = about
        super().__init__(title, fields, told=self._told, keep=keep)

    def _told(self, values: Mapping[str, str]) -> str:
        return f"{self.about}\n{filled(self.ready, self.tag, values)}"

    def hint(self) -> str:
        """The keys of the window."""
        return _("Enter next   Ctrl+S save   Ctrl+L {language}   Esc close").format(language=LANGUAGE_NAMES[self.tag])

    def action_tongue(self) -> None:
        """Nothing; the ready text in the next language."""
        self.tag = LANGUAGES[(LANGUAGES.index(self.tag) + 1) % len(LANGUAGES)]
        self.retell()


def blank_words(name: str) -> str:
    """What is asked for a blank."""
    return {"where": _("Where"), "what": _("What"), "how_much": _("How much, how many")}[name]


async def write_finding(screen: "VisitScreen", form: str, path: str) -> None:
    """Nothing; asks for a finding about the question or row at ``path`` and records it as one act.

    When the answer calls for a finding its ready text is used and only the blanks are asked.
    """
    from assessor_tui.tui.shown.question_card import grade_words, ready_finding

    visit = screen.visit
    if not has_findings(visit):
        screen.say(_("This scheme has no form for findings."), "bold $doubt")
        return
    if visit.signed:
        screen.say(_("The visit is signed. Reopen it on the review page to change something."), "bold $doubt")
        return
    about = place_words(visit, form, path, language()) if form else ""
    try:
        now = visit.filling(form).state(path) if form else None
    except KeyError:  # a row or a table
        now = None
    ready = ready_finding(now.question, now) if now is not None else None
    where, sure = _place(screen, form, path)
    if ready is None:
        await _ask_grade(screen, form, path, about, where if sure else "")
        return
    grade, text = ready
    tag = visit.store.local(visit.id, FINDING_LANGUAGE, language())
    asked = blanks(text, tag)
    # A row that is no place is the thing itself: a document, a supplier.
    proposed = {"what": where} if "what" in asked and "where" not in asked and sure else {"where": where}
    fields = [
        Asked(name, blank_words(name), proposed.get(name, ""), required=name in asked, unsure=not sure)
        for name in dict.fromkeys([*asked, "where", "how_much"])
    ]
    fields, keep = _with_draft(screen, form, path, fields)
    title = _("Finding, {grade}").format(grade=grade_words(grade))
    window = AskFinding(title, about, text, fields, tag, keep)

    def answered(values: dict[str, str] | None) -> None:
        if values is not None:
            visit.store.set_local(visit.id, FINDING_LANGUAGE, window.tag)
            # Once filled in, the finding can be read in every language of its ready text.
            spoken = {TEXT_IN[each]: filled(text, each, values) for each in LANGUAGES if each in text}
            _write(screen, form, path, grade, {**values, "text": filled(text, window.tag, values), **spoken})

    await screen.app.push_screen(window, answered)


def _place(screen: "VisitScreen", form: str, path: str) -> tuple[str, bool]:
    """Where the question or row is, and True when that is exact.

    The row's label, the place of the site that one walks through, or its only place of the question's kind. Else what
    the scheme calls the place: a beginning, for the person to go on with.
    """
    from assessor_tui.assess.places import places_of

    visit = screen.visit
    row = row_around(path)
    if row:
        return visit.filling(form).row_label(row), True
    try:
        kind = visit.filling(form).state(path).question.place if form else ""
    except KeyError:
        return "", True
    header = visit.scheme.header_form
    if not kind or header not in visit.forms:
        return "", True
    known = places_of(visit.scheme, visit.filling(header))
    here = [place for place in known if place.name == screen.standing_at]
    found = here or [place for place in known if place.kind == kind]
    if not found:
        return "", True
    if len(found) > 1:
        return in_language(dict(visit.scheme.places).get(kind, {}), language()), False
    return in_language(found[0].label, language()), found[0].name != kind


async def _ask_grade(screen: "VisitScreen", form: str, path: str, about: str, where: str) -> None:
    from assessor_tui.tui.shown.question_card import grade_words

    options = [Option(grade, grade_words(grade)) for grade in GRADES]
    fields = [
        Asked("text", _("Finding"), required=True, placeholder=_("what is so, against what should be")),
        Asked("where", _("Where"), where),
        Asked("how_much", _("How much, how many")),
    ]

    async def chosen(grade: str | None) -> None:
        if grade is None:
            return

        def answered(values: dict[str, str] | None) -> None:
            if values is not None:
                _write(screen, form, path, grade, values)

        title = _("Finding, {grade}").format(grade=grade_words(grade))
        typed, keep = _with_draft(screen, form, path, fields)
        await screen.app.push_screen(AskFields(title, typed, about, keep=keep), answered)

    await screen.app.push_screen(Choose(_("How grave is it?"), options, about), chosen)


def _with_draft(screen: "VisitScreen", form: str, path: str, fields: list[Asked]) -> tuple[list[Asked], Keep]:
    """The fields with what was typed before and not saved, and what keeps it."""
    visit = screen.visit
    key = f"draft:finding:{form}/{path}"
    typed: dict[str, str] = visit.store.local(visit.id, key, {})

    def keep(values: Mapping[str, str] | None) -> None:
        visit.store.set_local(visit.id, key, dict(values) if values else None)

    return [each._replace(value=typed.get(each.name) or each.value) for each in fields], keep


def first_answers(
    screen: "VisitScreen", form: str, path: str, grade: str, values: Mapping[str, str]
) -> dict[str, Value]:
    """What a new finding about ``path`` starts with, by the names of the finding's questions."""
    from assessor_tui.tui.shown.question_card import evidence_words

    visit = screen.visit
    said: dict[str, Value] = {"grade": (grade,), "text": values["text"]}
    said |= {name: values[name] for name in TEXT_IN.values() if values.get(name)}
    if form:
        said["question"] = f"{form}/{path}"
        proof = [entry.value for _digest, entry in visit.state.evidence(form, path)]
        told = [evidence_words(value) for value in proof if isinstance(value, Evidence)]
        if told:
            said["objective_evidence"] = "; ".join(told)
    if values.get("how_much"):
        said["how_much"] = values["how_much"]
    if grade != "good_practice":
        if values.get("where"):
            said["where"] = values["where"]
        if clause := _clause(screen, form, path):
            said["clause"] = clause
    known = {getattr(node, "name", "") for node in findings_repeat(visit).children}
    return {name: value for name, value in said.items() if name in known}


def _clause(screen: "VisitScreen", form: str, path: str) -> str:
    try:
        return screen.visit.filling(form).state(path).question.clause if form else ""
    except KeyError:
        return ""


def _write(screen: "VisitScreen", form: str, path: str, grade: str, values: Mapping[str, str]) -> None:
    from assessor_tui.tui.shown.question_card import grade_words

    visit = screen.visit
    answers = first_answers(screen, form, path, grade, values)
    recorded = visit.add_row(visit.scheme.findings_form, REPEAT, answers)
    screen.did(recorded)
    if recorded.entries:
        number = spoken_number(visit, visit.scheme.findings_form, recorded.entries[0][1].path)
        said = _("Finding {number} is written ({grade}). Ctrl+Z takes it back.")
        screen.say(said.format(number=number, grade=grade_words(grade)))
