"""The card of what stands at a place and is no question: the row of a table, a finding of now or of before."""

from typing import TYPE_CHECKING

from assessor_tui.assess.places import ROLE, place_named, places_of
from assessor_tui.form.model import Question, in_language
from assessor_tui.i18n import _
from assessor_tui.logic.filling import QuestionState
from assessor_tui.tui.input_keys import MOST_DIGITS
from assessor_tui.tui.shown.places import EARLIER, FINDING, EarlierFinding
from assessor_tui.tui.widgets.card import CardModel, ChoiceLine, Remark

if TYPE_CHECKING:
    from assessor_tui.tui.widgets.outline_line import Line
    from assessor_tui.visit import Visit


def card_there(visit: "Visit", line: "Line", tag: str, earlier: EarlierFinding | None = None) -> CardModel:
    """The card of a line that stands at a place; ``earlier`` is the finding of an earlier visit that it is about."""
    model = CardModel(number=line.number, label=line.label, status=line.state, to_open=True, flagged=line.flagged)
    if line.kind == FINDING:
        said = tuple(Remark(text) for text in (line.tail,) if text)
        return model._replace(remarks=said, position=_("Findings"), prompt=_("Enter opens the finding"))
    if line.kind == EARLIER:
        lines = earlier_lines(earlier)[1:] if earlier is not None else ()
        date = earlier.date if earlier is not None else ""
        return model._replace(
            position=_("Finding of the visit of {date}").format(date=date),
            remarks=tuple(Remark(text) for text in lines),
            prompt=_("Enter: still so, or corrected?"),
        )
    from assessor_tui.tui.shown.question_card import row_gaps

    filling = visit.filling(line.form)
    table = line.path.rpartition("[")[0]
    try:
        gaps = row_gaps(filling, line.path, full=visit.extent.full)
        position = filling.label(table, tag)
    except KeyError:  # it was removed meanwhile
        return model
    said = (Remark(_("{count} open").format(count=gaps), "warning"),) if gaps else (Remark(_("complete"), "answered"),)
    return model._replace(position=position, remarks=said, prompt=_("Enter opens the row"))


def place_names(visit: "Visit", question: Question, tag: str) -> list[str]:
    """Places of the site, as they are called, where the question asks for one in words; else nothing."""
    if question.type != "text" or question.role != ROLE:
        return []
    header = visit.filling(visit.scheme.header_form)
    return [in_language(place.label, tag) for place in places_of(visit.scheme, header)]


def place_lines(visit: "Visit", now: QuestionState, tag: str) -> tuple[ChoiceLine, ...]:
    """The places of the site as choices of a question that asks for one in words, with what was typed instead."""
    header = visit.filling(visit.scheme.header_form)
    places = places_of(visit.scheme, header)
    said = now.value if now.status == "answered" and isinstance(now.value, str) else ""
    meant = place_named(places, said) if said else None
    lines = [
        ChoiceLine(name, str(index) if index <= MOST_DIGITS else "", meant is not None and meant == place)
        for index, (name, place) in enumerate(zip(place_names(visit, now.question, tag), places, strict=True), 1)
    ]
    if said and (meant is None or said not in meant.label.values()):
        lines.append(ChoiceLine(said, "", True))
    return tuple(lines)


def earlier_lines(earlier: EarlierFinding) -> list[str]:
    """What the finding of an earlier visit says, line by line: its text first."""
    from assessor_tui.tui.shown.question_card import grade_words

    finding = earlier.finding
    said = [finding.text, f"{_('Grade')}: {grade_words(finding.grade)}" if finding.grade else ""]
    parts = (
        (_("Where"), earlier.where), (_("Owner"), finding.owner), (_("Due"), finding.due),
        (_("State"), state_words(finding.status)),
    )  # fmt: skip
    said += [f"{name}: {text}" for name, text in parts if text]
    return [line for line in said if line]


def state_words(status: str) -> str:
    """How an earlier finding stood when its visit ended."""
    return {
        "draft": _("not yet told to the site"),
        "open": _("told to the site, open"),
        "answered": _("correction reported, not verified"),
    }.get(status, status)


def place_of_earlier(visit: "Visit", earlier: EarlierFinding) -> tuple[str, str] | None:
    """(form, path) of the question or table of this visit that the earlier finding is about; None for none."""
    from assessor_tui.tui.shown.findings import question_of

    form, _slash, path = earlier.about.partition("/")
    found = question_of(visit, earlier.about) or question_of(visit, f"{form}/{path.partition('/')[0]}")
    return found
