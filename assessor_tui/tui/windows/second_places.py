"""Second places in windows: copying the open visit now, naming a stick or a network folder, forgetting one."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, cast

from textual.widget import AwaitMount

from assessor_tui.i18n import _
from assessor_tui.tui.base import BaseScreen
from assessor_tui.tui.windows.dialog import AskText, Choose, Confirm, Option
from assessor_tui.tui.windows.pick_path import PickPath
from assessor_tui.tui.windows.places import usual_places

if TYPE_CHECKING:
    from assessor_tui.carry.copies import NamedPlace
    from assessor_tui.tui.app import AssessorApp
    from assessor_tui.tui.visit_screen import VisitScreen

NOW, NAME, FORGET = "now", "name", "forget"


def copy_dialog(screen: "VisitScreen") -> AwaitMount:
    """Opens the window of second places; its first line copies the open visit to all of them. Wait for it."""
    from assessor_tui.carry.copies import Safety, age_words, confirmed_copies, named_places

    program = cast("AssessorApp", screen.app)
    visit, places = program.visit, named_places(program.store)
    assert visit is not None
    if not places:
        return name_dialog(screen)
    copies, now = confirmed_copies(program.store, visit.id), time.time_ns() // 1000

    def age(place: "NamedPlace") -> str:
        copy = copies.get(place.id)
        return age_words(Safety(copy.at if copy is not None else 0, 0), now)

    options = [Option(NOW, _("Copy to all places now"), ", ".join(place.name for place in places))]
    options += [Option(place.id, _("Only to {name}").format(name=place.name), age(place)) for place in places]
    options += [Option(NAME, _("Name another place")), Option(FORGET, _("Forget a place"))]

    async def chosen(what: str | None) -> None:
        if what == NAME:
            await name_dialog(screen)
        elif what == FORGET:
            await forget_dialog(screen)
        elif what:
            begin(screen, [place for place in places if place.id == what])

    text = _("At the end of each section, and when you leave, the visit is copied to every place that is connected.")
    return screen.app.push_screen(Choose(_("Copies elsewhere"), options, text), chosen)


def begin(screen: "VisitScreen", places: "list[NamedPlace]") -> None:
    """Nothing; starts copying the open visit, and says so; one goes on working meanwhile."""
    program = cast("AssessorApp", screen.app)
    if program.copying.begin(places, asked=True):
        # Where the outcome will stand, so that it takes this sentence's place.
        screen.status((_("The copy is being written and read back; go on working."), "$muted"))
    else:
        screen.say(_("A copy is being written already; it is said here when it is done."), "bold $doubt")


def places_dialog(screen: BaseScreen) -> AwaitMount:
    """Opens the window in which second places are named and forgotten; wait for it."""
    from assessor_tui.carry.copies import named_places

    program = cast("AssessorApp", screen.app)
    places = named_places(program.store)
    if not places:
        return name_dialog(screen)
    options = [Option(NAME, _("Name another place")), Option(FORGET, _("Forget a place"))]

    async def chosen(what: str | None) -> None:
        if what:
            await (name_dialog if what == NAME else forget_dialog)(screen)

    text = "\n".join(f"{place.name}   {place.path}" for place in places)
    return screen.app.push_screen(Choose(_("Second places"), options, text), chosen)


def name_dialog(screen: BaseScreen) -> AwaitMount:
    """Opens the windows in which a folder becomes a second place; then the open visit is copied there."""
    from assessor_tui.carry.copies import PlaceError, add_place, is_on_this_disk, named_places
    from assessor_tui.tui.windows.bundles import failure_sentence

    program = cast("AssessorApp", screen.app)

    async def folder_chosen(folders: tuple[Path, ...] | None) -> None:
        if not folders:
            return
        folder = folders[0]

        def named(name: str | None) -> None:
            if not name:
                return
            try:
                folder.mkdir(parents=True, exist_ok=True)
                place = add_place(program.store, name, folder, new_id=program.new_id)
            except (PlaceError, OSError) as error:
                screen.say(failure_sentence(error), "bold $doubt")
                return
            if is_on_this_disk(program.store, folder):
                screen.say(_("{name} is on this laptop's own disk: a stick is safer.").format(name=place.name))
            elif program.visit is None:
                screen.say(_("{name} gets copies of the visits from now on.").format(name=place.name))
            if program.visit is not None and program.place != "home":
                program.copying.begin([place], asked=True)

        usual = folder.name or folder.drive or str(folder)
        await program.push_screen(
            AskText(_("What is it called?"), str(folder), value=usual, placeholder=_("such as STICK")), named
        )

    text = _("A stick or a network folder. While it is connected, each visit is copied there, read back and compared.")
    home = Path.home()
    known = [place.path.parent for place in named_places(program.store)]
    start = next(iter(usual_places(home, first=known)), home)
    return program.push_screen(
        PickPath(_("Which folder is the second place?"), text, start=start, folder=True), folder_chosen
    )


def forget_dialog(screen: BaseScreen) -> AwaitMount:
    """Opens the windows in which a place is forgotten; what stands there stays."""
    from assessor_tui.carry.copies import named_places, remove_place

    program = cast("AssessorApp", screen.app)
    places = {place.id: place for place in named_places(program.store)}

    async def chosen(identity: str | None) -> None:
        place = places.get(identity or "")
        if place is None:
            return

        def sure(answer: str | None) -> None:
            if answer == "yes":
                remove_place(program.store, place.name)
                screen.say(_("{name} is no second place any more. What stands there stays.").format(name=place.name))

        text = _("No visit is copied to {name} any more. What stands there stays.").format(name=place.name)
        await program.push_screen(Confirm(_("Forget {name}?").format(name=place.name), text), sure)

    options = [Option(place.id, place.name, str(place.path)) for place in places.values()]
    return program.push_screen(Choose(_("Forget a place"), options), chosen)
