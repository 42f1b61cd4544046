"""``assessor identity``: who works on this laptop."""

from pathlib import Path
from typing import Annotated

import typer

from assessor_tui.cli.session import Json, Mistake, opened, say, show, show_json
from assessor_tui.i18n import N_, _
from assessor_tui.i18n.sentences import doubt_of_place

ROLES = ("lead", "assessor", "expert", "observer", "reviewer")
"""Roles that can be named."""


def add_to(app: typer.Typer) -> None:
    """Nothing; adds the command."""
    app.command("identity", help=N_("Say or show who works on this laptop. Nothing else has to be set up."))(identity)


def warn_of_place(folder: Path) -> None:
    """Nothing; says so when the data folder is in a place that a service copies or a network serves."""
    from assessor_tui.store.place import doubtful_place

    if place := doubtful_place(folder):
        say(doubt_of_place(str(folder), place))


def identity(
    context: typer.Context,
    name: Annotated[str, typer.Option("--name", help=N_("The name that stands beside every answer."))] = "",
    role: Annotated[str, typer.Option("--role", help=N_("lead, assessor, expert, observer or reviewer."))] = "",
    as_json: Json = False,
) -> None:
    """Nothing; names the person, or shows who is named."""
    from assessor_tui.ledger.entry import clean
    from assessor_tui.store.errors import NoDevice

    if role and role not in ROLES:
        raise Mistake(_("There is no role {role}. Roles are {known}.").format(role=role, known=", ".join(ROLES)))
    name = " ".join(clean(name).split())
    with opened(context, write=bool(name or role)) as store:
        device = store.device
        if name or role:
            if device is None and not name:
                raise NoDevice(store.folder)
            device = store.identify(
                name or (device.person if device else ""), role or (device.role if device else "assessor")
            )
            say(_("{person} works on this laptop as {role}.").format(person=device.person, role=device.role))
            warn_of_place(store.folder)
        if device is None:
            raise NoDevice(store.folder)
        if as_json:
            show_json({"person": device.person, "role": device.role, "device": device.id, "letters": device.letters})
        elif not (name or role):
            show(f"{device.person}  {device.role}  {device.letters}  {device.id}")
