"""Windows that take bundles and forms in and hand visits over. The work is done by a thread; the screen stays alive."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from assessor_tui.config import shipped
from assessor_tui.i18n import _, ngettext
from assessor_tui.tui.base import BaseScreen
from assessor_tui.tui.card import Part, Remark, TextPage, page_lines
from assessor_tui.tui.dialog import AskText, Choose, Option, Pages

if TYPE_CHECKING:
    from assessor_tui.exchange import Merged
    from assessor_tui.store.ledger import Store
    from assessor_tui.tui.app import AssessorApp
    from assessor_tui.visit import Materials, Visit

FORMS_FOLDER, LAST_FOLDER = "forms folder", "bundle folder"
"""Keys of the laptop's local state."""


def said(error: Exception) -> str:
    """The sentence about a failure of the world; an error of the program itself is raised again."""
    message = getattr(error, "message", None)
    if message is None and isinstance(error, OSError):
        return _("This cannot be read or written: {reason}.").format(reason=error.strerror or type(error).__name__)
    if message is None:
        raise error
    return str(_(message).format_map({"reason": "", **getattr(error, "parameters", {})}))


def materials_of(store: "Store") -> "list[Materials]":
    """Schemes and forms for a new visit: those of the folder taken in last, else those the program ships."""
    from assessor_tui.materials import load_materials

    folder = store.local("", FORMS_FOLDER, "")
    if folder and Path(folder).is_dir():
        return load_materials(store, Path(folder))
    return load_materials(store, shipped("forms"))


def _program(screen: BaseScreen) -> "AssessorApp":
    return cast("AssessorApp", screen.app)


def _in_thread(screen: BaseScreen, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
    """Runs ``work`` in a thread, then ``then`` with its result; a failure of the world is said on the screen."""

    def run() -> None:
        try:
            result = work()
        except Exception as error:
            screen.app.call_from_thread(_failed, screen, error)
        else:
            screen.app.call_from_thread(then, result)

    screen.run_worker(run, thread=True, group="carry", exit_on_error=False)


def _failed(screen: BaseScreen, error: Exception) -> None:
    screen.say(said(error), "bold $bad")


def ask_merge(screen: BaseScreen) -> None:
    """Nothing; asks for files and takes them in; then a window says what came of each."""
    store = _program(screen).store

    def check(text: str) -> str:
        from assessor_tui.exchange import bundles_in

        found = bundles_in([_path(text)])
        missing = [path for path in found if not path.exists()]
        if not found:
            return _("There is no bundle in {places}. Bundles end with .zip.").format(places=text)
        return _("There is no file {file}.").format(file=missing[0]) if missing else ""

    def go(text: str | None) -> None:
        if not text:
            return
        from assessor_tui.exchange import bundles_in, merge_bundle

        path = _path(text)
        store.set_local("", LAST_FOLDER, str(path if path.is_dir() else path.parent))
        files = bundles_in([path])
        screen.say(ngettext("Taking in {count} bundle ...", "Taking in {count} bundles ...", len(files))
                   .format(count=len(files)))  # fmt: skip
        _in_thread(
            screen, lambda: [merge_bundle(store, each) for each in files], lambda merged: _merged(screen, merged)
        )

    text = _("A file, a folder, or a pattern such as /media/usb/*.zip. Nothing here is ever overwritten.")
    screen.app.push_screen(AskText(_("Take in bundles"), text, value=store.local("", LAST_FOLDER, ""), check=check), go)


def _merged(screen: BaseScreen, merged: "Sequence[Merged]") -> None:
    program = _program(screen)
    if program.visit is not None:
        program.visit.refresh()
    getattr(program.screen, "show", lambda: None)()
    lines = tuple(_merged_line(each) for each in merged)
    conflicts = sum(
        len(program.store.conflicts(visit)) for visit in {v for each in merged for v in each.visits if not each.error}
    )
    parts = [Part("", lines)]
    if conflicts:
        words = ngettext("{count} conflict is open now.", "{count} conflicts are open now.", conflicts)
        parts.append(Part("", (Remark(words.format(count=conflicts), "conflict"),)))
    screen.app.push_screen(Pages(_("Taken in"), page_lines, TextPage("", tuple(parts))))


def _merged_line(each: "Merged") -> Remark:
    if each.error is not None:
        return Remark(f"{each.path.name}: {_(each.error.message).format(**each.error.parameters)}", "problem")
    if each.outcome == "known":
        return Remark(_("{file}: everything in it was here already").format(file=each.path.name), "answered")
    words = _("{file}: {new} new, {known} known, from {sender}")
    if each.outcome == "other visit":
        words = _("{file}: another visit, {new} entries, from {sender}")
    line = words.format(file=each.path.name, new=each.new, known=each.known, sender=each.sender)
    if each.wanted:
        files = ngettext("{count} file still to arrive", "{count} files still to arrive", each.wanted)
        line += "; " + files.format(count=each.wanted)
    return Remark(line, "answered")


def _path(text: str) -> Path:
    return Path(text.strip().strip("\"'")).expanduser()


def ask_bundle(screen: BaseScreen, visit: "Visit | str") -> None:
    """Nothing; asks what to carry and where to, and writes the bundle. ``visit`` is a visit or its id."""
    store = _program(screen).store
    options = [
        Option("full", _("the whole visit"), _("for the lead or the office")),
        Option("delta", _("what is new since the last bundle"), _("smaller")),
        Option("invite", _("an invitation"), _("so that a colleague can start answering")),
    ]

    def purpose_chosen(purpose: str | None) -> None:
        if not purpose:
            return

        def folder_chosen(text: str | None) -> None:
            if not text:
                return
            folder = _path(text)
            store.set_local("", LAST_FOLDER, str(folder))
            screen.say(_("The bundle is being written and read back ..."))
            _in_thread(screen, lambda: _write(screen, visit, folder, purpose), lambda path: _written(screen, path))

        start = store.local("", LAST_FOLDER, "") or str(Path.home())
        text = _("Folder to write it to, such as a memory stick.")
        screen.app.push_screen(AskText(_("Make a bundle"), text, value=start, check=_folder_fits), folder_chosen)

    screen.app.push_screen(Choose(_("Make a bundle"), options), purpose_chosen)


def _folder_fits(text: str) -> str:
    return "" if _path(text).is_dir() else _("There is no folder {folder}.").format(folder=text)


def _write(screen: BaseScreen, visit: "Visit | str", folder: Path, purpose: str) -> Path:
    from assessor_tui.exchange import make_bundle
    from assessor_tui.visit import Visit

    program = _program(screen)
    opened = Visit(program.store, visit, new_id=program.new_id) if isinstance(visit, str) else visit
    return Path(make_bundle(program.store, opened, folder, purpose).path)


def _written(screen: BaseScreen, path: Path) -> None:
    getattr(_program(screen).screen, "show", lambda: None)()
    parts = (
        Part("", (Remark(str(path.name), "answered"), Remark(str(path.parent)))),
        Part("", (Remark(_("It was read back and found good. Hand it over on a stick or by mail.")),)),
    )
    screen.app.push_screen(Pages(_("The bundle is written"), page_lines, TextPage("", parts)))


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

        _in_thread(screen, lambda: load_materials(store, folder), taken)

    text = _("Folder with a scheme and its forms (.yaml). Each file is checked first; visits that exist keep theirs.")
    screen.app.push_screen(AskText(_("Take in forms"), text, check=_folder_fits), go)


def ask_report(screen: BaseScreen, visit: "Visit") -> None:
    """Nothing; asks for whom and where to, and writes the summary."""
    store = _program(screen).store
    options = [
        Option("review", _("for the reviewer"), _("scores, notes, conflicts")),
        Option("site", _("for the site"), _("without scores, notes and conflicts")),
    ]

    def chosen(audience: str | None) -> None:
        if not audience:
            return

        def folder_chosen(text: str | None) -> None:
            if not text:
                return
            folder = _path(text)
            store.set_local("", LAST_FOLDER, str(folder))
            screen.say(_("The summary is being written ..."))
            _in_thread(screen, lambda: _report(visit, folder, audience), lambda path: _reported(screen, path))

        start = store.local("", LAST_FOLDER, "") or str(Path.home())
        screen.app.push_screen(AskText(_("Summary"), _("Folder to write it to."), value=start), folder_chosen)

    screen.app.push_screen(Choose(_("Summary"), options), chosen)


def _report(visit: "Visit", folder: Path, audience: str) -> Path:
    from assessor_tui.reports.html import write_report

    return write_report(visit, folder, audience="site" if audience == "site" else "review")[0]


def _reported(screen: BaseScreen, path: Path) -> None:
    parts = (
        Part("", (Remark(path.name, "answered"), Remark(str(path.parent)))),
        Part("", (Remark(_("Open it in a browser; it is one file and needs no network.")),)),
    )
    screen.app.push_screen(Pages(_("The summary is written"), page_lines, TextPage("", parts)))
