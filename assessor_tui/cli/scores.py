"""``assessor score``: range, coverage, gates, levels, and the tree of every number."""

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assessor_tui.cli.session import Json, VisitName, find_visit, opened, show, show_json
from assessor_tui.i18n import N_, _, language

if TYPE_CHECKING:
    from assessor_tui.assess.score import Interval, Part, Score
    from assessor_tui.visit import Visit

_PLACES = 6
_STATES: Mapping[str, str] = {
    "missing": N_("missing"),
    "to come": N_("to come"),
    "not applicable": N_("not applicable"),
    "disputed": N_("disputed"),
    "depends": N_("depends on a disputed answer"),
    "not loaded": N_("benchmark not loaded"),
    "draft criteria": N_("draft criteria"),
}
"""How the value rings call a state -> what people read."""


def add_to(app: typer.Typer) -> None:
    """Nothing; adds the command."""
    app.command("score", help=N_("The score of a visit, as the range that is still possible."))(score)


def score(
    context: typer.Context,
    visit_name: VisitName,
    explain: Annotated[bool, typer.Option("--explain", help=N_("The tree of every number."))] = False,
    as_json: Json = False,
) -> None:
    """Nothing; the score out of 100 from its least to its most, with what it rests on."""
    from assessor_tui.assess.score import score as score_of

    with opened(context) as store:
        visit = find_visit(store, visit_name)
        found = score_of(visit.scheme, visit.category.name, visit.checklists, visit.state)
        if as_json:
            show_json(score_data(visit, found, explain=explain))
        else:
            for line in score_lines(visit, found, explain=explain):
                show(line)


def exact(number: Fraction) -> dict[str, str]:
    """A number as JSON data: its exact fraction, and a decimal for reading."""
    from assessor_tui.assess.decimals import decimal_text

    return {"exact": str(number), "decimal": decimal_text(number, _PLACES)}


def _interval(interval: "Interval") -> dict[str, Any]:
    return {"least": exact(interval.least), "most": exact(interval.most)}


def score_data(visit: "Visit", found: "Score", *, explain: bool) -> dict[str, Any]:
    """The score as JSON data."""
    data: dict[str, Any] = {
        "visit": visit.id,
        "status": found.status,
        "category": visit.category.name,
        "hundred": _interval(found.hundred),
        "coverage": exact(found.coverage),
        "levels": list(found.levels),
        "undecided": list(found.undecided),
        "gates": [
            {"form": gate.form, "path": gate.path, "number": gate.question.number, "state": gate.state,
             "limiting": gate.limiting}
            for gate in found.gates
        ],
        "forms": [
            {"form": part.form, "weight": exact(part.weight), "share": _interval(part.share),
             "coverage": exact(part.coverage)}
            for part in found.root.children
        ],
    }  # fmt: skip
    if explain:
        data["tree"] = part_data(found.root)
    return data


def part_data(part: "Part") -> dict[str, Any]:
    """One number of the score with everything it is made of, as JSON data."""
    data: dict[str, Any] = {
        "kind": part.kind,
        "form": part.form,
        "path": part.path,
        "label": dict(part.label),
        "weight": exact(part.weight),
        "points": _interval(part.points),
        "of": exact(part.of),
        "share": _interval(part.share),
        "coverage": exact(part.coverage),
    }
    for key in ("state", "answer"):
        if text := getattr(part, key):
            data[key] = text
    if part.taken_off:
        data["taken_off"] = exact(part.taken_off)
    if part.children:
        data["children"] = [part_data(child) for child in part.children]
    return data


def _range(interval: "Interval", limits: list[Fraction], places: int = 1) -> str:
    from assessor_tui.assess.decimals import beside

    least, most = beside(interval.least, limits, places), beside(interval.most, limits, places)
    return least if interval.exact else _("{least} to {most}").format(least=least, most=most)


def score_lines(visit: "Visit", found: "Score", *, explain: bool) -> list[str]:
    """The score for reading."""
    from assessor_tui.assess.decimals import decimal_text
    from assessor_tui.assess.score import Interval
    from assessor_tui.form.model import in_language

    limits = [
        Fraction(visit.scheme.parameters[level.at_least].value)
        for level in visit.category.levels
        if level.at_least in visit.scheme.parameters and visit.scheme.parameters[level.at_least].value
    ]
    labels = {level.name: in_language(level.label, language()) for level in visit.category.levels}
    lines = [
        _("Score: {range} of 100").format(range=_range(found.hundred, limits)),
        _("Answered: {coverage}% of what counts").format(coverage=decimal_text(found.coverage * 100, 1)),
        _("Levels still possible: {levels}").format(
            levels=_(", ").join(labels.get(name, name) or _("none") for name in found.levels)
        ),
    ]
    if found.undecided:
        lines.append(_("Not decided, for these have no value yet: {names}").format(names=", ".join(found.undecided)))
    if found.status:
        lines.append(_("Criteria: {status}").format(status=_(_STATES.get(found.status, found.status))))
    for gate in found.gates:
        if gate.state != "pass":
            label = in_language(gate.question.label, language())
            words = _("Gate fails: {question}") if gate.state == "fail" else _("Gate not decided: {question}")
            if gate.limiting:
                words = _("Limit fails: {question}") if gate.state == "fail" else _("Limit not decided: {question}")
            lines.append(words.format(question=f"{gate.form}/{gate.path} {gate.question.number} {label}"))
    if explain:
        lines += _tree_lines(found.root, 0)
    else:
        for part in found.root.children:
            points = _range(Interval(part.share.least * 100, part.share.most * 100), [])
            lines.append(f"  {part.form}  {in_language(part.label, language())}  {points} / 100")
    return lines


def _tree_lines(part: "Part", depth: int) -> list[str]:
    from assessor_tui.form.model import in_language

    points = _fractions(part.points)
    words = [f"{'  ' * depth}{part.path or part.form or part.kind}", in_language(part.label, language())]
    words.append(f"{points} / {_fraction(part.of)}")
    if part.weight and part.kind in ("form", "group"):
        words.append(_("weight {weight}").format(weight=_fraction(part.weight)))
    if part.answer:
        words.append(f"= {part.answer}")
    if part.state and part.state != "answered":
        words.append(f"[{_(_STATES.get(part.state, part.state))}]")
    if part.taken_off:
        words.append(_("taken off {points}").format(points=_fraction(part.taken_off)))
    lines = ["  ".join(words)]
    for child in part.children:
        lines += _tree_lines(child, depth + 1)
    return lines


def _fractions(interval: "Interval") -> str:
    if interval.exact:
        return _fraction(interval.least)
    return f"{_fraction(interval.least)} ... {_fraction(interval.most)}"


def _fraction(number: Fraction) -> str:
    """The exact fraction, with a decimal beside it when it is not a whole number."""
    from assessor_tui.assess.decimals import decimal_text

    return str(number) if number.denominator == 1 else f"{number} ({decimal_text(number, 3)})"
