"""Adding a place of the site while walking: its name, then its kind."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from assessor_tui.assess.places import KIND, NAME, TABLE, is_same_place, places_of
from assessor_tui.i18n import _
from assessor_tui.tui.windows.dialog import AskText, Choose, Option

if TYPE_CHECKING:
    from assessor_tui.tui.visit_screen import VisitScreen


def ask_place(screen: "VisitScreen", kind: str, then: Callable[[str], None]) -> None:
    """Nothing; asks for a place, records it as one act and calls ``then`` with its name.

    The cursor of the second window stands on ``kind``, a standard place of the scheme.
    """
    from assessor_tui.form.model import in_language

    visit = screen.visit
    header = visit.scheme.header_form
    filling = visit.filling(header)
    try:
        filling.rows(TABLE)
    except KeyError:
        screen.say(_("This visit's header has no table for the places of the site."), "bold $doubt")
        return
    places = places_of(visit.scheme, filling)
    options = [Option(name, in_language(label, visit.language)) for name, label in visit.scheme.places]

    def check(name: str) -> str:
        if any(is_same_place(name, place.name) for place in places):
            return _("There is a place of this name already.")
        return ""

    async def named(name: str | None) -> None:
        if not name:
            return

        def chosen(kind: str | None) -> None:
            if kind is None:
                return
            recorded = visit.add_row(header, TABLE, {NAME: name, KIND: (kind,)})
            screen.did(recorded)
            if recorded.entries:
                then(name)

        at = next((index for index, option in enumerate(options) if option.id == kind), 0)
        text = _("The questions of this kind are asked there.")
        await screen.app.push_screen(Choose(_("What kind of place is {name}?").format(name=name), options, text,
                                            cursor=at), chosen)  # fmt: skip

    text = _("Its name as on the site plan, such as Coating hall B.")
    screen.app.push_screen(AskText(_("New place"), text, check=check), named)
