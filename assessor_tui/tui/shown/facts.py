"""What the list of visits says about one visit, computed once and kept until its next entry."""

from typing import TYPE_CHECKING, Any

from assessor_tui.assess.cover import team_of
from assessor_tui.assess.results import Results

if TYPE_CHECKING:
    from assessor_tui.visit import Visit


def facts_of(visit: "Visit", results: Results | None = None) -> dict[str, Any]:
    """JSON of the facts: names, date, category, how far, range of the score, findings, forms."""
    from assessor_tui.tui.shown import words

    if results is None:
        results = Results()
        results.look(visit.fillings, visit.state, visit.extent)
    checklists = [name for name, form in visit.forms.items() if form.kind == "checklist"]
    progress = {form: results.progress(form) for form in checklists}
    done = sum(each.done for each in progress.values())
    score = results.score(visit.scheme, visit.category)
    return {
        "en": _text(visit, "site_name_en"),
        "zh": _text(visit, "site_name_zh"),
        "number": _text(visit, "registered_number"),
        "date": visit.today,
        "last": _text(visit, "visit_last_date"),
        "category": dict(visit.category.label),
        "scheme": dict(visit.scheme.title),
        "status": visit.scheme.status,
        "done": done,
        "asked": sum(each.asked for each in progress.values()),
        "range": words.range_words(score.hundred) if score.root.of else "",
        "known": words.per_cent(score.coverage),
        "left": len(results.left()),
        "returned": len(visit.returned),
        "sections": [
            [dict(visit.forms[form].title), visit.forms[form].number, each.done, each.asked]
            for form, each in progress.items()
        ],
        "team": _team(visit),
        "findings": _findings(visit),
    }


def _text(visit: "Visit", path: str) -> str:
    value = visit.header(path)
    return value if isinstance(value, str) else ""


def _team(visit: "Visit") -> list[str]:
    return [member.name for member in team_of(visit.filling(visit.scheme.header_form))]


def _findings(visit: "Visit") -> dict[str, int]:
    """Grade -> how many findings."""
    from assessor_tui.ledger.value import names

    form, counts = visit.scheme.findings_form, dict[str, int]()
    try:
        filling = visit.filling(form)
        for row in filling.rows("findings"):
            for grade in names(filling.state(f"findings[{row}]/grade").value):
                counts[grade] = counts.get(grade, 0) + 1
    except KeyError:
        return {}
    return counts
