"""``assessor form explain``: why a question is hidden, demanded, wrong or computed so, and what depends on what."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assessor_tui.cli.form_files import form_given
from assessor_tui.cli.session import Json, Mistake, day_here, find_visit, opened, say, short_rows, show, show_json
from assessor_tui.i18n import N_, _, language

if TYPE_CHECKING:
    from assessor_tui.logic.explain import Explanation
    from assessor_tui.logic.filling import Filling


def explain(
    context: typer.Context,
    said: Annotated[
        str,
        typer.Argument(
            metavar="FORM", help=N_("A form file, or the id or hash of a form held here; with --visit its id.")
        ),
    ],
    path: Annotated[str, typer.Argument(metavar="PATH", help=N_("The question, group or table: outlets[2]/tag."))],
    answers: Annotated[
        Path | None, typer.Option("--answers", metavar="FILE", help=N_("YAML or JSON: path and answer, one per line."))
    ] = None,
    visit_name: Annotated[
        str, typer.Option("--visit", metavar="VISIT", help=N_("As this visit has answered it."))
    ] = "",
    as_json: Json = False,
) -> None:
    """Nothing; tells how the question stands and why, with what each condition sees."""
    from assessor_tui.i18n.explain_words import line_words
    from assessor_tui.logic.explain import explain as explained
    from assessor_tui.logic.explain import lines

    if visit_name:
        with opened(context) as store:
            visit = find_visit(store, visit_name)
            if said not in visit.forms:
                known = _(", ").join(visit.forms)
                raise Mistake(_("The visit has no form {form}. It has: {known}").format(form=said, known=known))
            filling = visit.filling(said)
            told = explained(filling, _path(filling, path))
    else:
        filling, at = _filled(context, said, path, answers)
        told = explained(filling, at)
    if as_json:
        show_json(_data(told))
        return
    for line in lines(told):
        show("  " * line.depth + line_words(line, lambda place: _named(filling, place)))


def _filled(context: typer.Context, said: str, path: str, answers: Path | None) -> "tuple[Filling, str]":
    """The form with these answers, and the path in it; a row that the path needs is added."""
    from itertools import count

    from assessor_tui.logic.acts import Play
    from assessor_tui.logic.case_runs import answer, reached
    from assessor_tui.logic.compile import compile_form
    from assessor_tui.logic.filling import Context

    form = form_given(context, said)
    numbers = count(1)
    play = Play(compile_form(form), Context(day_here(), language()), lambda: f"{next(numbers):032x}", strict=False)
    for at, text in (_answers(answers) if answers is not None else {}).items():
        if not answer(play, at, text):
            say(_("{path} cannot be answered with “{answer}”; it is left out.").format(path=at, answer=text))
    try:
        at = reached(play, _with_rows(play.filling, path))
    except KeyError:
        at = ""
    if at not in play.filling.nodes:
        raise _nowhere(play.filling, path)
    return play.filling, at


def _with_rows(filling: "Filling", path: str) -> str:
    """The path with the first row of every table that it names without a number."""
    places = filling.compiled.places.by_path
    found: list[str] = []
    parts = [] if path.startswith("/") else path.split("/")
    for at, part in enumerate(parts):
        here = places.get("/".join(each.partition("[")[0] for each in parts[: at + 1]))
        is_table = here is not None and here.kind == "repeat" and at + 1 < len(parts)
        found.append(f"{part}[1]" if is_table and "[" not in part else part)
    return "/".join(found) or path


def _path(filling: "Filling", path: str) -> str:
    """The path of what stands in a filling that is only looked at.

    Raises:
        Mistake: when nothing stands there.
    """
    from assessor_tui.logic.case_runs import standing_path

    try:
        at = standing_path(filling, _with_rows(filling, path))
    except KeyError:
        at = ""
    if at not in filling.nodes:
        raise _nowhere(filling, path)
    return at


def _nowhere(filling: "Filling", path: str) -> Mistake:
    from assessor_tui.form.nearest import nearest

    near = nearest(path, filling.compiled.places.by_path)
    words = _("There is no {path} in this form.").format(path=path)
    return Mistake(f"{words} {_('Did you mean {suggestion}?').format(suggestion=near)}" if near else words)


def _named(filling: "Filling", path: str) -> str:
    """The question as a lead writes it: rows by their number."""
    try:
        label = filling.label(path, language())
    except KeyError:
        label = ""
    at = short_rows(_numbered(filling, path))
    return _("{path} ({label})").format(path=at, label=label) if label else at


def _numbered(filling: "Filling", path: str) -> str:
    found, rest = "", path
    while "[" in rest:
        head, _bracket, tail = rest.partition("[")
        row, _close, rest = tail.partition("]")
        found += head
        try:
            number = filling.rows(_back(filling, found)).index(row) + 1
        except (KeyError, ValueError):
            return path
        found += f"[{number}]"
    return found + rest


def _back(filling: "Filling", path: str) -> str:
    """The path of a table inside rows that were numbered before."""
    found, rest = "", path
    while "[" in rest:
        head, _bracket, tail = rest.partition("[")
        number, _close, rest = tail.partition("]")
        found += head
        found += f"[{filling.rows(found)[int(number) - 1]}]"
    return found + rest


def _answers(file: Path) -> Mapping[str, str]:
    """Path -> answer of a file.

    Raises:
        Mistake: when it is no mapping of paths and answers.
    """
    from assessor_tui.form.source import read_source
    from assessor_tui.using_form import bytes_of

    source = read_source(bytes_of(file), str(file))
    if source.problems or not isinstance(source.data, dict):
        raise Mistake(_("{file} must hold one line “path: answer” per answer.").format(file=file))
    found: dict[str, str] = {}
    for path, value in source.data.items():
        found[path] = " ".join(map(str, value)) if isinstance(value, list) else str(value)
    return found


def _data(told: "Explanation") -> dict[str, Any]:
    """The explanation as JSON data."""
    from assessor_tui.cli.session import problem_data

    def plain(value: Any) -> Any:
        if isinstance(value, tuple) and hasattr(value, "_asdict"):
            return {key: plain(each) for key, each in value._asdict().items()}
        if isinstance(value, tuple | list):
            return [plain(each) for each in value]
        return dict(value) if isinstance(value, Mapping) else value

    return {
        key: [problem_data(each) for each in value] if key == "problems" else plain(value)
        for key, value in told._asdict().items()
    }
