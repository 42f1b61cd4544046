"""The tree of commands."""

from typing import Annotated

import typer

from assessor_tui.cli import answers, bundles, conflicts, logs, scores, setup, visits
from assessor_tui.i18n import N_

app = typer.Typer(
    name="assessor",
    help=N_("On-site cleaner production assessments: offline, in three languages, with nothing lost."),
    no_args_is_help=False,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help=N_("Print the version and stop."))] = False,
) -> None:
    """Nothing; without a command the help is shown."""
    if version:
        from assessor_tui import __version__
        from assessor_tui.cli.session import show

        show(f"assessor {__version__}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


for family in (setup, visits, answers, conflicts, scores, bundles, logs):
    family.add_to(app)
