"""Who is at the keyboard: a list of the people it can be, one digit each, and a field for a new name."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from assessor_tui.i18n import _
from assessor_tui.store.ledger import is_same_person
from assessor_tui.tui.windows.dialog import AskText, Choose, Option

if TYPE_CHECKING:
    from assessor_tui.store.ledger import Store
    from assessor_tui.tui.base import BaseScreen

ANOTHER = ""
"""Id of the line that asks for a name."""


async def ask_person(screen: "BaseScreen", store: "Store", team: Iterable[str], then: Callable[[], None]) -> None:
    """Nothing; asks who is at the keyboard, and calls ``then`` once that has changed."""

    def is_here(name: str | None) -> None:
        if name is None:
            return
        before = store.person
        now = store.set_person(name)
        if now != before:
            then()
        screen.say(_("{person} is at the keyboard. What is recorded now carries this name.").format(person=now))

    async def chosen(name: str | None) -> None:
        if name == ANOTHER:
            text = _("The name stands beside everything that is recorded from now on.")
            await screen.app.push_screen(AskText(_("Who is at the keyboard?"), text, placeholder=_("name")), is_here)
        else:
            is_here(name)

    await screen.app.push_screen(Choose(_("Who is at the keyboard?"), options(store, team)), chosen)


def options(store: "Store", team: Iterable[str]) -> list[Option]:
    """The device's owner, the team of the visit, people who used this laptop before; last, another name."""
    owner = store.device.person if store.device is not None else ""
    details = {owner: _("this laptop's owner; only the owner signs")}
    names: list[str] = []
    for name in (owner, *team, *store.people()):
        if name and not any(is_same_person(name, each) for each in names):
            names.append(name)
    found = [
        Option(name, name, _("at the keyboard now") if is_same_person(name, store.person) else details.get(name, ""))
        for name in names
    ]
    return [*found, Option(ANOTHER, _("another name"), keys=("0",))]
