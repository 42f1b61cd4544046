"""``assessor form``: all that a lead does with checklists, and the schemas that let editors complete them."""

import sys
from typing import Annotated

import typer

from assessor_tui.cli.form_check import check
from assessor_tui.cli.form_diff import diff
from assessor_tui.cli.form_explain import explain
from assessor_tui.cli.form_export import export
from assessor_tui.cli.form_import import import_
from assessor_tui.cli.form_new import new
from assessor_tui.cli.form_run import run
from assessor_tui.cli.form_test import test
from assessor_tui.cli.session import Mistake
from assessor_tui.i18n import N_, _


def add_to(app: typer.Typer) -> None:
    """Nothing; adds the commands."""
    form = typer.Typer(rich_markup_mode=None, help=N_("Checklists and schemes: write, check, try and compare them."))
    form.command("new", help=N_("Begin a checklist: a small commented one that passes the check."))(new)
    form.command("check", help=N_("Report every mistake in form and scheme files at once, and what to look at."))(check)
    form.command("export", help=N_("Write a form as an XLSForm workbook."))(export)
    form.command("import", help=N_("Make a checklist of an XLSForm or ODK XForm."))(import_)
    form.command("test", help=N_("Try the cases that a form's file holds."))(test)
    form.command("diff", help=N_("Tell what differs between two versions of a form."))(diff)
    form.command("explain", help=N_("Tell why a question is hidden, wrong, demanded or computed so."))(explain)
    form.command("run", help=N_("Fill a form without a screen and print its state after each act."))(run)
    form.command("schema", help=N_("Print the JSON Schema that lets an editor complete form files."))(schema)
    app.add_typer(form, name="form")


def schema(
    name: Annotated[str, typer.Argument(metavar="form|scheme", help=N_("Which schema."))] = "form",
) -> None:
    """Nothing; prints the schema."""
    from assessor_tui.form.schema import PUBLISHED, schema_text

    if name not in PUBLISHED:
        raise Mistake(_("There is no schema {name}. There are: {known}.").format(name=name, known=", ".join(PUBLISHED)))
    sys.stdout.write(schema_text(name))
