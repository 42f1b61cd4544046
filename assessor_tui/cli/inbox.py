"""``assessor inbox`` and ``withdraw``: files that wait for a visit, and files that must go again."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assessor_tui.cli.session import (
    FAILURE,
    PROBLEMS,
    Json,
    Mistake,
    VisitName,
    demand_identity,
    find_visit,
    opened,
    problem_data,
    refuse,
    say,
    show,
    show_json,
    show_table,
)
from assessor_tui.i18n import N_, _

if TYPE_CHECKING:
    from assessor_tui.evidence.inbox import File
    from assessor_tui.visit import Visit


def add_to(app: typer.Typer) -> None:
    """Nothing; adds the commands."""
    app.command("inbox", help=N_("Say where photos and papers of a visit arrive, and list those that wait."))(inbox)
    app.command("withdraw", help=N_("Remove a file that should never have been taken, on every laptop."))(withdraw)


def inbox(
    context: typer.Context,
    visit_name: VisitName,
    folder: Annotated[
        Path | None,
        typer.Option("--folder", metavar="DIR", help=N_("Use this folder from now on."), show_default=False),
    ] = None,
    open_it: Annotated[bool, typer.Option("--open", help=N_("Show the folder in the system's file manager."))] = False,
    as_json: Json = False,
) -> None:
    """Nothing; prints the folder and the files in it that are not evidence yet (3 when some cannot be used)."""
    from assessor_tui.evidence import inbox as box

    with opened(context, write=folder is not None) as store:
        visit = find_visit(store, visit_name)
        if folder is not None:
            place = box.use_folder(store, visit.id, folder)
        else:
            place = box.inbox_of(visit)
            _make(place)
        looked = box.look(place, box.seen_of(store, visit.id), time.time_ns() // 1000)
        for name, seen in box.hashed(place, looked, lambda: False):
            looked[name] = (looked[name][0], seen)
        clocks, aside = box.clocks_of(store, visit.id), store.local(visit.id, box.ASIDE, [])
        files = [each for each in box.files_of(place, looked, visit.state, clocks, aside) if each.state != box.TAKEN]
    if as_json:
        show_json({"visit": visit.id, "folder": str(place), "files": [_data(file) for file in files]})
    else:
        show(str(place))
        show_table(_line(file) for file in files)
    if open_it and not _open(place):
        say(_("No file manager was found. The folder is {folder}").format(folder=place))
    if any(file.problem is not None and file.state == box.REFUSED for file in files):
        raise typer.Exit(PROBLEMS)


def _make(folder: Path) -> None:
    from assessor_tui.evidence.inbox import InboxUnusable

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InboxUnusable(folder, error.strerror or type(error).__name__) from error


def _taken(file: "File") -> str:
    from assessor_tui.ledger.clock import hong_kong_time

    return f"{hong_kong_time(file.at):%Y-%m-%d %H:%M:%S}" if file.at is not None else ""


def _data(file: "File") -> dict[str, object]:
    said: dict[str, object] = {"name": file.name, "state": file.state, "size": file.seen.size, "type": file.seen.type}
    more = {"taken": _taken(file), "camera": file.seen.camera, "after": file.after, "sha256": file.seen.sha256}
    said.update({key: text for key, text in more.items() if text})
    if file.aside:
        said["aside"] = True
    if file.problem is not None:
        said["problem"] = problem_data(file.problem)
    return said


def _line(file: "File") -> tuple[str, ...]:
    from assessor_tui.i18n.sentences import sentence
    from assessor_tui.tui.shown.words import size_words

    said = _("left aside") if file.aside else sentence(file.problem) if file.problem is not None else ""
    if not said and file.after:
        said = _("no time of its own; by name after {name}").format(name=file.after)
    return file.name, _taken(file) or "-", size_words(file.seen.size), said


def _open(folder: Path) -> bool:
    from assessor_tui.tui.windows.viewer import open_in_viewer

    return open_in_viewer(folder)


def withdraw(
    context: typer.Context,
    visit_name: VisitName,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help=N_("Beginning of its SHA-256, its name, or the number of the paper."))
    ],
    why: Annotated[str, typer.Option("--why", help=N_("The reason; it goes into the record and stays."))] = "",
    as_json: Json = False,
) -> None:
    """Nothing; the file is withdrawn, its bytes are gone from this laptop and go from every other that hears of it."""
    from assessor_tui.evidence.withdraw import withdraw as withdraw_file

    with opened(context, write=True) as store:
        demand_identity(store)
        visit = find_visit(store, visit_name)
        sha256 = _meant(visit, file)
        done = withdraw_file(visit, sha256, why)
        refuse(done.recorded.problems)
    if as_json:
        show_json({"visit": visit.id, "sha256": sha256, "why": why, "used_in": list(done.used_in)})
        return
    show(sha256)
    if done.used_in:
        said = _("Withdrawn. Its bytes stay here, for another visit uses the same file: {visits}.")
        say(said.format(visits=", ".join(each[:8] for each in done.used_in)))
    else:
        say(_("Withdrawn. Its bytes are gone here, and go from every laptop that merges your next bundle. "
              "Bundles made before still hold it: delete them."))  # fmt: skip


def _meant(visit: "Visit", typed: str) -> str:
    """SHA-256 of the one file that is meant."""
    from assessor_tui.ledger.state import file_of
    from assessor_tui.ledger.value import Evidence

    wanted, found = typed.strip().casefold(), set()
    for _digest, entry in visit.state.held_files():
        about = entry.value.about if isinstance(entry.value, Evidence) else {}
        named = {about.get(key, "").casefold() for key in ("name", "number")} - {""}
        if wanted and (wanted in named or (len(wanted) >= 6 and file_of(entry).startswith(wanted))):
            found.add(file_of(entry))
    if not found:
        raise Mistake(
            _("The visit has no file {file}. “assessor score --json” lists its evidence.").format(file=typed), FAILURE
        )
    if len(found) > 1:
        several = ", ".join(sorted(each[:12] for each in found)[:5])
        raise Mistake(_("{file} can mean several files: {several}. Type more.").format(file=typed, several=several))
    return found.pop()
