"""``assessor doctor``: is the work sound, is this a good place for it, does this terminal draw what we draw."""

import platform
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assessor_tui.cli.session import DAMAGED, Json, Mistake, Session, problem_data, problem_line, say, show, show_json
from assessor_tui.i18n import N_, _
from assessor_tui.i18n.sentences import doubt_of_place

if TYPE_CHECKING:
    from assessor_tui.store.ledger import Store

_PACKAGES = ("textual", "rich", "sqlmodel", "pydantic", "typer", "cryptography", "PyYAML", "pillow", "jinja2")


def add_to(app: typer.Typer) -> None:
    """Nothing; adds the command."""
    app.command("doctor", help=N_("Check the ledger, the place it is in, and this terminal."))(doctor)


def doctor(
    context: typer.Context,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help=N_("Compute everything that is derived from the entries again."))
    ] = False,
    backups: Annotated[bool, typer.Option("--backups", help=N_("List the backups, each opened and checked."))] = False,
    restore: Annotated[
        bool, typer.Option("--restore", help=N_("Put a backup back: the one named, else the newest good one."))
    ] = False,
    name: Annotated[str, typer.Argument(metavar="NAME", help=N_("Of a backup, with --restore."))] = "",
    as_json: Json = False,
) -> None:
    """Nothing; exit code 5 when something in the ledger is damaged, 3 when a log has a gap or a fork."""
    from assessor_tui.cli.backups import put_back, show_backups
    from assessor_tui.cli.logs import exit_code

    session: Session = context.obj
    if backups or restore or name:
        if name and not restore:
            raise Mistake(
                _("A backup is named together with --restore: assessor doctor --restore {name}").format(name=name)
            )
        put_back(session, name, as_json=as_json) if restore else show_backups(session, as_json=as_json)
        return
    data: dict[str, Any] = {"versions": versions(), "folder": str(session.folder)}
    code = 0
    data["doubtful_place"] = _place(session.folder)
    data["ledger"], found = _ledger(session.folder, rebuild=rebuild)
    if found is not None:
        damaged = data["ledger"].get("integrity") or data["ledger"].get("evidence")
        code = DAMAGED if damaged else exit_code(found) if found else 0
        data["ledger"]["problems"] = [problem_data(problem) for problem in found]
    data["glyphs"] = _glyphs(session.folder)
    data["places"], data["copies"] = _second_places(session.folder)
    data["swept"] = _swept(session.folder)
    if as_json:
        show_json(data)
    else:
        _tell(data, [problem_line(problem) for problem in found or ()])
    if code:
        raise typer.Exit(code)


def versions() -> dict[str, str]:
    """Versions of the program and of what it stands on."""
    import sqlite3
    from importlib.metadata import PackageNotFoundError, version

    from assessor_tui import __version__

    found = {"assessor": __version__, "python": platform.python_version(), "system": platform.platform(terse=True)}
    found["sqlite"] = sqlite3.sqlite_version
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = ""
    return found


def _place(folder: Path) -> str:
    from assessor_tui.store.place import doubtful_place

    return doubtful_place(folder)


def _second_places(folder: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The second places and whether they are connected, and how old each visit's newest copy elsewhere is."""
    from assessor_tui.carry.copies import age_words, is_doubtful, named_places, safety
    from assessor_tui.cli.copies import now, place_data
    from assessor_tui.store.errors import StoreError
    from assessor_tui.store.ledger import Store

    try:
        with Store.open(folder, write=False) as store:
            places = [place_data(store, place) for place in named_places(store)]
            safe = {row.id: safety(store, row.id) for row in store.visits()} if places else {}
    except StoreError:
        return [], []
    ages = [
        {"visit": visit, "age": age_words(said, now()), "doubtful": is_doubtful(said, now())}
        for visit, said in safe.items()
        if said.newest or said.since
    ]
    return places, ages


def _swept(folder: Path) -> list[str]:
    """Files that a killed program had left half-written more than a day ago, and which are gone now."""
    import time

    from assessor_tui.carry.copies import sweep

    return [str(path) for path in sweep(folder, time.time())]


def _ledger(folder: Path, *, rebuild: bool) -> tuple[dict[str, Any], list[Any] | None]:
    """What there is to say of the ledger, and the problems of its logs; None when there is no ledger yet."""
    from assessor_tui.config import markers_folder
    from assessor_tui.evidence.withdraw import clear_away
    from assessor_tui.store.errors import NoLedger
    from assessor_tui.store.ledger import Store

    try:
        with Store.open(folder, write=rebuild, markers=markers_folder()) as store:
            integrity = store.integrity()
            if integrity:
                return {"exists": True, "integrity": integrity}, []
            rebuilt = store.rebuild() if rebuild else None
            if rebuild:
                clear_away(store, [row.id for row in store.visits()])
            data: dict[str, Any] = {
                "exists": True,
                "integrity": [],
                "visits": len(store.visits()),
                "entries": sum(row.entries for row in store.visits()),
                "wanted_files": len(store.all_evidence("wanted")),
            }
            if rebuilt is not None:
                data["rebuilt"] = rebuilt
            data["evidence"] = list(_lost_evidence(store))
            return data, store.verify_logs()
    except NoLedger:
        return {"exists": False}, None


def _lost_evidence(store: "Store") -> Iterator[dict[str, str]]:
    """Files of evidence that are gone or no longer what their name says."""
    from assessor_tui.evidence.files import EvidenceError, open_evidence

    for row in store.all_evidence("have"):
        try:
            open_evidence(store.folder, row.sha256).close()
        except EvidenceError as error:
            yield {"sha256": row.sha256, "sentence": _(error.message).format(**error.parameters)}


def _glyphs(folder: Path) -> list[dict[str, Any]]:
    """How wide the terminal draws what we draw, for the next start, too; nothing when there is none to ask."""
    from assessor_tui.tui import terminal

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return []
    cells = terminal.measured(1.0).cells
    if folder.is_dir():
        terminal.keep(folder, terminal.kind_of_terminal(), cells)
    return [
        {"glyph": glyph, "cells": 2 if glyph in terminal.WIDE else 1, "drawn": drawn} for glyph, drawn in cells.items()
    ]


def _tell(data: dict[str, Any], problems: list[str]) -> None:
    show("  ".join(f"{name} {version}" for name, version in data["versions"].items() if version))
    show(_("Folder: {folder}").format(folder=data["folder"]))
    if data["doubtful_place"]:
        show(doubt_of_place(data["folder"], data["doubtful_place"]))
    ledger = data["ledger"]
    if not ledger["exists"]:
        show(_("There is no ledger here yet."))
    elif ledger["integrity"]:
        show(
            _('The ledger is damaged: {what}. Put a backup back: assessor doctor --restore --data "{folder}"').format(
                what="; ".join([line for each in ledger["integrity"] for line in each.splitlines()][:3]),
                folder=data["folder"],
            )
        )
    else:
        show(_("The ledger is sound: {visits} visits, {entries} entries.").format(**ledger))
        if "rebuilt" in ledger:
            show(_("Computed again from {count} entries.").format(count=ledger["rebuilt"]))
        if ledger["wanted_files"]:
            show(_("Files of evidence still to arrive: {count}.").format(count=ledger["wanted_files"]))
        for lost in ledger["evidence"]:
            show(lost["sentence"])
    for place in data["places"]:
        connected, away = _("Second place {name}: {folder}, connected"), _("Second place {name}: {sentence}")
        show((connected if place["folder"] else away).format(**place))
    for each in data["copies"]:
        show(f"{each['visit'][:8]}: {each['age']}")
    if data["swept"]:
        show(_("Half-written files of a killed program, now removed: {count}.").format(count=len(data["swept"])))
    for line in problems:
        show(line)
    wrong = [each for each in data["glyphs"] if each["drawn"] != each["cells"]]
    if not data["glyphs"]:
        say(_("The terminal was not asked: this is not a terminal, or it does not answer."))
    elif wrong:
        show(
            _(
                "This terminal draws some characters in another width: {glyphs}. Choose another font or terminal."
            ).format(glyphs=" ".join(f"{each['glyph']}={each['drawn']}" for each in wrong))
        )
        show(_("The program counts with these widths and draws plain signs in their place, from the next start on."))
    else:
        show(_("This terminal draws all characters as wide as the program counts them."))
