"""The finding of an earlier visit, to read where one stands, and what has become of it."""

from typing import TYPE_CHECKING

from assessor_tui.i18n import _
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.value import Value
from assessor_tui.tui.shown.findings import REPEAT, findings_repeat, has_findings
from assessor_tui.tui.shown.place_card import earlier_lines, place_of_earlier
from assessor_tui.tui.windows.dialog import AskText, Choose, Option

if TYPE_CHECKING:
    from assessor_tui.tui.shown.places import EarlierFinding
    from assessor_tui.tui.visit_screen import VisitScreen

STILL, CORRECTED = "still", "corrected"


async def ask_earlier(screen: "VisitScreen", earlier: "EarlierFinding") -> None:
    """Nothing; shows the finding, and records what is seen of it now: a finding of this visit, or a note."""
    visit = screen.visit
    why_not = _("The visit is signed.") if visit.signed else ""
    at = place_of_earlier(visit, earlier)
    options = [
        Option(STILL, _("Still so: write it as a finding of this visit"),
               reason=why_not or ("" if has_findings(visit) else _("no form for findings"))),
        Option(CORRECTED, _("Corrected: note what is seen now"),
               reason=why_not or ("" if at is not None else _("its question is not asked here"))),
    ]  # fmt: skip

    async def chosen(what: str | None) -> None:
        if what == STILL:
            _write_again(screen, earlier)
        elif what == CORRECTED:
            text = "\n".join(earlier_lines(earlier))
            await screen.app.push_screen(AskText(_("What is seen now?"), text), noted)

    def noted(text: str | None) -> None:
        if text and at is not None:
            words = _("{number} of {date} is corrected: {text}")
            said = words.format(number=earlier.finding.number, date=earlier.date, text=text)
            screen.record(acts.NOTE, *at, said)

    title = _("Finding {number} of {date}").format(number=earlier.finding.number, date=earlier.date)
    await screen.app.push_screen(Choose(title, options, "\n".join(earlier_lines(earlier))), chosen)


def _write_again(screen: "VisitScreen", earlier: "EarlierFinding") -> None:
    from assessor_tui.tui.shown.question_card import grade_words
    from assessor_tui.tui.shown.rows import spoken_number

    visit, finding = screen.visit, earlier.finding
    form = visit.scheme.findings_form
    words = _("{text} (still as {number} of {date})")
    at = place_of_earlier(visit, earlier)
    said: dict[str, Value] = {
        "grade": (finding.grade,) if finding.grade else (),
        "question": "/".join(at) if at is not None else finding.about,
        "text": words.format(text=finding.text, number=finding.number, date=earlier.date),
        "where": earlier.where,
    }
    known = {getattr(node, "name", "") for node in findings_repeat(visit).children}
    recorded = visit.add_row(form, REPEAT, {name: value for name, value in said.items() if name in known})
    screen.did(recorded)
    if recorded.entries:
        number = spoken_number(visit, form, recorded.entries[0][1].path)
        told = _("Finding {number} is written ({grade}). Ctrl+Z takes it back.")
        screen.say(told.format(number=number, grade=grade_words(finding.grade)))
