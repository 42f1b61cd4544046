"""The tree of commands."""

from typing import Annotated

import typer

from assessor_tui.cli import (
    answers,
    board,
    bundles,
    closing,
    conflicts,
    copies,
    deliveries,
    demo,
    doctor,
    documents,
    forms,
    inbox,
    logs,
    printing,
    quarantine,
    returns,
    rows,
    scores,
    setup,
    signing,
    sync,
    trust,
    visits,
    walk,
)
from assessor_tui.i18n import N_

app = typer.Typer(
    name="assessor",
    help=N_("On-site cleaner production assessments: offline, in three languages, with nothing lost."),
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help=N_("Print the version and stop."))] = False,
) -> int:
    """The exit code of the terminal program, which opens when there is no command."""
    if version:
        from assessor_tui import __version__
        from assessor_tui.cli.session import show

        show(f"assessor {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is not None:
        return 0
    from assessor_tui.cli.session import open_screen, opened

    with opened(context, write=True) as store:
        return open_screen(context.obj, store)


for family in (
    demo,
    setup,
    visits,
    board,
    documents,
    walk,
    answers,
    rows,
    conflicts,
    returns,
    scores,
    inbox,
    bundles,
    deliveries,
    trust,
    quarantine,
    sync,
    closing,
    printing,
    copies,
    signing,
    logs,
    forms,
    doctor,
):
    family.add_to(app)
