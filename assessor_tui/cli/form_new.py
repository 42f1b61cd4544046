"""``assessor form new``: a small commented checklist to begin with."""

import re
from pathlib import Path
from typing import Annotated

import typer

from assessor_tui.cli.session import REFUSED, Mistake, say, show
from assessor_tui.i18n import N_, _

TEMPLATES = ("checklist", "register", "findings")


def new(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help=N_("Id of the form: letters, digits and _."))],
    template: Annotated[
        str, typer.Option("--template", metavar="KIND", help=N_("checklist, register (a table) or findings."))
    ] = "checklist",
    to: Annotated[Path | None, typer.Option("--to", metavar="FILE", help=N_("Where to (else NAME.yaml)."))] = None,
    workbook: Annotated[
        bool, typer.Option("--xlsx", help=N_("An XLSForm workbook (NAME.xlsx) instead of YAML."))
    ] = False,
) -> None:
    """Nothing; writes the file, which passes ``form check``, and prints its name. No file is overwritten."""
    from assessor_tui.config import shipped
    from assessor_tui.ledger.entry import is_form_id

    if template not in TEMPLATES:
        known = ", ".join(TEMPLATES)
        raise Mistake(_("There is no template {template}. There are: {known}.").format(template=template, known=known))
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", name) or not is_form_id(name):
        raise Mistake(
            _("{name} cannot be the id of a form. Use letters, digits and _, and begin with a letter.").format(
                name=name
            )
        )
    workbook = workbook or (to is not None and to.suffix.casefold() == ".xlsx")
    file = to or Path(f"{name}.xlsx" if workbook else f"{name}.yaml")
    text = (shipped("forms") / "templates" / f"{template}.yaml").read_text(encoding="utf-8")
    data = text.replace(f"form_id: {template}", f"form_id: {name}", 1).encode()
    if workbook:
        from assessor_tui.form.read import read_form
        from assessor_tui.interop.xlsform_out import write_xlsx

        form, _problems = read_form(data)
        assert form is not None  # a test reads every template
        data = write_xlsx(form)
    try:
        with file.open("xb") as stream:
            stream.write(data)
    except FileExistsError:
        raise Mistake(_("{file} is there already. Name another file with --to.").format(file=file), REFUSED) from None
    show(str(file))
    say(_("Next: assessor form check {file}").format(file=file))
