"""Taking in forms and schemes for new visits. The work is done by a thread; the screen stays alive."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from assessor_tui.config import shipped
from assessor_tui.i18n import _
from assessor_tui.tui.base import BaseScreen, failure_of_the_world
from assessor_tui.tui.windows.dialog import AskText

if TYPE_CHECKING:
    from assessor_tui.store.ledger import Store
    from assessor_tui.tui.app import AssessorApp
    from assessor_tui.visit import Materials

FORMS_FOLDER = "forms folder"
"""Key of the laptop's local state."""


def said(error: Exception) -> str:
    """The sentence about a failure of the world; an error of the program itself is raised again."""
    if not (words := failure_of_the_world(error)):
        raise error
    return words


def materials_of(store: "Store") -> "list[Materials]":
    """Schemes and forms for a new visit: those of the folder taken in last, else those the program ships; last of all
    what a visit with checklists of one's own is made of."""
    from assessor_tui.materials import load_materials, own_checklists

    folder = store.local("", FORMS_FOLDER, "")
    taken = Path(folder) if folder and Path(folder).is_dir() else shipped("forms")
    return [*load_materials(store, taken), own_checklists(store, shipped("forms"))]


def _program(screen: BaseScreen) -> "AssessorApp":
    return cast("AssessorApp", screen.app)


def in_thread(screen: BaseScreen, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
    """Runs ``work`` in a thread, then ``then`` with its result; a failure of the world is said on the screen.

    An error of the program itself, in either, ends the program with a note, as everywhere.
    """

    def run() -> None:
        try:
            result = work()
        except Exception as error:
            screen.app.call_from_thread(_failed, screen, error)
        else:
            screen.app.call_from_thread(then, result)

    screen.run_worker(run, thread=True, group="forms")


def _failed(screen: BaseScreen, error: Exception) -> None:
    screen.say(said(error), "bold $bad")


def _path(text: str) -> Path:
    return Path(text.strip().strip("\"'")).expanduser()


def _folder_fits(text: str) -> str:
    return "" if _path(text).is_dir() else _("There is no folder {folder}.").format(folder=text)


def ask_import(screen: BaseScreen) -> None:
    """Nothing; asks for a folder with forms and schemes and takes them in for new visits."""
    store = _program(screen).store

    def go(text: str | None) -> None:
        if not text:
            return
        from assessor_tui.materials import load_materials

        folder = _path(text)
        screen.say(_("The forms are being checked ..."))

        def taken(materials: "list[Materials]") -> None:
            store.set_local("", FORMS_FOLDER, str(folder.absolute()))
            names = ", ".join(each.scheme.scheme_id for each in materials)
            screen.say(_("Taken in: {names}. New visits use it.").format(names=names))

        in_thread(screen, lambda: load_materials(store, folder), taken)

    text = _("Folder with a scheme and its forms (.yaml). Each file is checked first; visits that exist keep theirs.")
    screen.app.push_screen(AskText(_("Take in forms"), text, check=_folder_fits), go)
