"""Forms that commands are given: a file of any kind, or one that this laptop holds, by its id or hash."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from assessor_tui.cli.session import PROBLEMS, Mistake, opened, say
from assessor_tui.i18n import _

if TYPE_CHECKING:
    from assessor_tui.form.model import Form
    from assessor_tui.store.ledger import Store

SHORTEST_HASH = 6
"""Digits by which a form's hash can be named."""


def form_given(context: typer.Context, said: str) -> "Form":
    """The form meant by a file's name, or by the id or the beginning of the hash of one that this laptop holds.

    Raises:
        Mistake: when there is none.
        typer.Exit: with 3, after each mistake of the file was said.
    """
    if (form := form_of_file(Path(said).expanduser())) is not None:
        return form
    with opened(context) as store:
        return form_held(store, said)


def form_of_file(file: Path) -> "Form | None":
    """The form of a file, None when there is no such file; errors as ``form_given``."""
    if not file.is_file():
        return None
    from assessor_tui.cli.form_check import finding_line
    from assessor_tui.using_form import read_form_file

    read = read_form_file(file)
    if read.form is None:
        for problem in read.problems:
            say(finding_line(problem))
        raise typer.Exit(PROBLEMS)
    return read.form


def form_held(store: "Store", said: str) -> "Form":
    """The form that this laptop holds under an id (its version taken in last) or the beginning of a hash.

    Raises:
        Mistake: when there is none, or the beginning can mean several.
    """
    from assessor_tui.using_form import known_forms

    if len(said) >= SHORTEST_HASH:
        found = [version for version in store.definitions("form") if version.startswith(said.lower())]
        if len(found) > 1:
            raise Mistake(_("{hash} can mean several versions. Type more of it.").format(hash=said))
        if found:
            return store.form(found[0])
    for held in known_forms(store):
        if held.form.form_id == said:
            return held.form
    raise Mistake(
        _("{form} is neither a file nor the id or hash of a form on this laptop. Check the name.").format(form=said)
    )
