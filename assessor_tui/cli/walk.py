"""``assessor walk``: one visit from the command line, on screen or as a line dialogue."""

import sys
from typing import Annotated

import typer

from assessor_tui.cli.session import (
    Mistake,
    Session,
    VisitName,
    demand_identity,
    find_visit,
    open_screen,
    opened,
    problem_line,
    shown,
)
from assessor_tui.i18n import N_
from assessor_tui.problem import Problem


def add_to(app: typer.Typer) -> None:
    """Nothing; adds the command."""
    app.command("walk", help=N_("Walk through a visit, on screen or (--plain) line by line."))(walk)


def walk(
    context: typer.Context,
    visit_name: VisitName,
    plain: Annotated[
        bool, typer.Option("--plain", help=N_("As a line dialogue, for screen readers and poor terminals."))
    ] = False,
    at: Annotated[str, typer.Option("--at", metavar="PATH", help=N_("The question to begin with."))] = "",
) -> int:
    """The exit code of the program."""
    from assessor_tui.cli.where import find_place

    session: Session = context.obj
    with opened(context, write=True) as store:
        demand_identity(store)
        visit = find_visit(store, visit_name)
        place = find_place(visit, at, {}) if at else None
        if isinstance(place, Problem):
            raise Mistake(problem_line(place))
        if plain:
            from assessor_tui.cli.copies import copy_to_lacking
            from assessor_tui.cli.plain import Plain

            Plain(visit, ask, tell).run(*(place or ("", "")))
            copy_to_lacking(store, visit)
            return 0
        return open_screen(session, store, visit=visit.id, target="/".join(place) if place else "")


def ask(prompt: str) -> str | None:
    """The line typed after the prompt; None at the end of input."""
    sys.stdout.write(shown(prompt))
    sys.stdout.flush()
    line = sys.stdin.readline()
    return line.rstrip("\r\n") if line else None


def tell(words: str) -> None:
    """Nothing; one line on standard output, at once."""
    sys.stdout.write(shown(words) + "\n")
    sys.stdout.flush()
