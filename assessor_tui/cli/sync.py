"""``assessor sync``: a folder that several laptops share, on a stick, in the network or on a synced drive."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assessor_tui.cli.bundles import devices_of, refusal, tell
from assessor_tui.cli.session import (
    REFUSED,
    Json,
    Mistake,
    demand_identity,
    find_visit,
    is_whole,
    new_id,
    opened,
    say,
    show,
    show_json,
    show_table,
    title,
)
from assessor_tui.i18n import N_, _, language, ngettext

if TYPE_CHECKING:
    from assessor_tui.carry.compare import Compared
    from assessor_tui.carry.folder import Shelf
    from assessor_tui.carry.push import Pushed
    from assessor_tui.store.ledger import Store
    from assessor_tui.visit import Visit

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help=N_("A folder that the laptops share."))]
Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="[VISIT]...", help=N_("Only these visits; without any all that are on this laptop.")),
]
Pulled = Annotated[
    list[str] | None,
    typer.Argument(metavar="[VISIT]...", help=N_("Only these visits; without any all that are in the folder.")),
]


def add_to(app: typer.Typer) -> None:
    """Nothing; adds the commands."""
    sync = typer.Typer(
        rich_markup_mode=None,
        help=N_("Work together through a folder: a stick, a network folder, a synced drive. Nothing there is changed."),
    )
    sync.command("push", help=N_("Put into the folder what is here and not there."))(push)
    sync.command("pull", help=N_("Take in what is in the folder and not here."))(pull)
    sync.command("status", help=N_("Say what is here and not there, and there and not here."))(status)
    app.add_typer(sync, name="sync")


def push(
    context: typer.Context,
    folder: Folder,
    names: Names = None,
    to: Annotated[
        list[str] | None,
        typer.Option(
            "--to",
            metavar="PERSON",
            help=N_("Encrypt for this person on the roster, from now on in this folder; repeatable."),
        ),
    ] = None,
    team: Annotated[
        bool,
        typer.Option("--team", help=N_("Encrypt for everybody on the roster, from now on, whoever joins later too.")),
    ] = False,
    in_clear: Annotated[
        bool, typer.Option("--in-clear", help=N_("Do not encrypt in this folder any more: everybody can read it."))
    ] = False,
    as_json: Json = False,
) -> None:
    """Nothing; one line per bundle written."""
    from assessor_tui.carry import push as pushing
    from assessor_tui.carry.folder import TEAM, keep_readers, readers_of, usable
    from assessor_tui.trust.team import roster_of

    if sum((bool(to), team, in_clear)) > 1:
        raise Mistake(_("Choose one of --to, --team and --in-clear."))
    written = []
    with opened(context, write=True) as store:
        demand_identity(store)
        folder = usable(store, folder)
        visits = _visits(store, names or [])
        if (to or team) and roster_of(store) is None:
            raise Mistake(
                _("The team has no roster yet, so nothing can be encrypted. “assessor trust init” makes one.")
            )
        if to or team or in_clear:
            keep_readers(store, folder, [TEAM] if team else devices_of(store, to or []))
        for each in pushing.push(store, visits, folder, to=readers_of(store, folder)):
            written.append(each)
            if not as_json:
                show(pushed_line(each))
            for line in damaged_lines(each):
                say(line)
    if as_json:
        show_json({"folder": str(folder), "bundles": [pushed_data(each) for each in written]})
    elif not written:
        say(
            ngettext(
                "Nothing to push: the folder holds all that is here of {count} visit.",
                "Nothing to push: the folder holds all that is here of {count} visits.",
                len(visits),
            ).format(count=len(visits))
        )
    if any(each.damaged for each in written):
        raise typer.Exit(1)


def pull(
    context: typer.Context,
    folder: Folder,
    names: Pulled = None,
    known: Annotated[bool, typer.Option("--known", help=N_("Only visits that are on this laptop already."))] = False,
    as_json: Json = False,
) -> None:
    """Nothing; one line per bundle taken in. Exit codes as for a merge."""
    from assessor_tui.carry import pull as pulling
    from assessor_tui.carry.folder import look, usable
    from assessor_tui.store.wrapped import KeyLocked

    with opened(context, write=True) as store:
        demand_identity(store)
        folder = usable(store, folder)
        shelf = look(store, folder)
        if shelf.locked:
            raise KeyLocked(store.folder)  # who runs commands asks for the passphrase, and runs this one again
        visits = _in_folder(store, shelf, names or [])
        merged = list(pulling.pull(store, folder, visits, known=known))
        _tell_left(shelf)
        if not merged and not as_json:
            say(_("Nothing to pull: all that is in the folder is here."))
        code = tell(store, merged, as_json)
    if code or shelf.unread:
        raise typer.Exit(REFUSED if shelf.unread else code)


def status(context: typer.Context, folder: Folder, names: Pulled = None, as_json: Json = False) -> None:
    """Nothing; one line per visit."""
    from assessor_tui.carry.compare import compare
    from assessor_tui.carry.folder import look, readers_of, usable
    from assessor_tui.carry.hand_over import recipients_of

    with opened(context) as store:
        folder = usable(store, folder)
        shelf, readers = look(store, folder), recipients_of(store, readers_of(store, folder))
        found = compare(store, shelf, _in_folder(store, shelf, names or []), readers)
        if as_json:
            show_json(
                {
                    "folder": str(folder),
                    "visits": [_compared_data(store, each) for each in found],
                    "encrypted": bool(readers),
                    "closed": list(shelf.closed),
                    "locked": list(shelf.locked),
                    "unread": [{"file": error.file, "sentence": refusal(error)} for error in shelf.unread],
                }
            )
            return
        show_table(_row(store, each) for each in found)
        if not found:
            say(_("There is no visit here, and none in the folder."))
        _tell_left(shelf)


def _visits(store: "Store", names: list[str]) -> "list[Visit]":
    """The visits to push: those named, else all whose opening is here."""
    from assessor_tui.visit import Visit

    if names:
        return list({visit.id: visit for visit in (find_visit(store, name) for name in names)}.values())
    found = [Visit(store, row.id, new_id=new_id, language=language()) for row in store.visits()]
    for visit in found:
        if not is_whole(visit):
            say(_("The opening of visit {visit} has not arrived yet; it is not pushed.").format(visit=visit.id[:8]))
    return [visit for visit in found if is_whole(visit)]


def _in_folder(store: "Store", shelf: "Shelf", names: list[str]) -> set[str]:
    """Ids of the visits named, each here or in the folder."""
    there = {each.visit for each in shelf.bundles}
    found: set[str] = set()
    for name in names:
        beginning = name.strip().lower()
        among = {visit for visit in there if beginning and visit.startswith(beginning)}
        if len(among) > 1:
            raise Mistake(_("{visit} can mean several visits in the folder. Type more of it.").format(visit=name))
        found |= among or {find_visit(store, name, whole=False).id}
    return found


def _tell_left(shelf: "Shelf") -> None:
    """Nothing; says which files of the folder were left alone though they end like bundles."""
    if shelf.closed:
        say(
            ngettext(
                "{count} bundle there is encrypted for others and was left alone.",
                "{count} bundles there are encrypted for others and were left alone.",
                len(shelf.closed),
            ).format(count=len(shelf.closed))
        )
    if shelf.locked:
        say(
            ngettext(
                "{count} bundle there is encrypted; it is looked into once this laptop’s passphrase is typed.",
                "{count} bundles there are encrypted; they are looked into once this laptop’s passphrase is typed.",
                len(shelf.locked),
            ).format(count=len(shelf.locked))
        )
    for error in shelf.unread:
        say(refusal(error))


def pushed_line(each: "Pushed") -> str:
    """What one bundle took to the folder, in one line."""
    from assessor_tui.carry.push import WORD
    from assessor_tui.tui.shown.words import amount_words, size_words

    if each.path is None:
        return _("Nothing could be taken along: every file of this bundle is damaged.")
    what = _("a receipt") if each.kind == WORD else amount_words(each.entries, each.files)
    return _("{file}: {what} ({size})").format(file=each.path.name, what=what, size=size_words(each.size))


def damaged_lines(each: "Pushed") -> list[str]:
    """What is said of files that are no longer what was captured."""
    from assessor_tui.evidence.files import EvidenceDamaged

    return [_(EvidenceDamaged.message).format(name=digest[:12]) for digest in each.damaged]


def pushed_data(each: "Pushed") -> dict[str, Any]:
    """One bundle as JSON data."""
    return {
        "path": str(each.path) if each.path is not None else "", "visit": each.visit, "kind": each.kind,
        "size": each.size, "entries": each.entries, "files": each.files,
        **({"damaged": list(each.damaged)} if each.damaged else {}),
    }  # fmt: skip


def _row(store: "Store", each: "Compared") -> tuple[str, ...]:
    from assessor_tui.tui.shown.words import amount_words

    due, coming = each.due, each.coming
    if not each.here:
        there = _("new here")
    elif due.entries or due.files:
        there = _("to push: {what}").format(what=amount_words(due.entries, len(due.files)))
    else:
        there = _("to push: a receipt") if due.anything else _("nothing to push")
    if each.away:
        here = _("put away here; name it to bring it back")
    elif coming.entries or coming.files:
        here = _("to pull: {what}").format(what=amount_words(coming.entries, coming.files))
    else:
        here = _("to pull: receipts") if coming.bundles else _("nothing to pull")
    return each.visit[:8], _name(store, each), there, here, confirmed_words(each)


def confirmed_words(each: "Compared") -> str:
    """Who has said to hold how much of this laptop's own work."""
    own = each.standing.saved
    if not own:
        return ""
    said = [
        _("confirmed by {person}").format(person=one.person)
        if one.has >= own
        else _("{person} has {count} of {all}").format(person=one.person, count=one.has, all=own)
        for one in each.deliveries
        if one.has
    ]
    return _(", ").join(said) or _("not confirmed by anybody")


def _name(store: "Store", each: "Compared") -> str:
    if each.here:
        return title(find_visit(store, each.visit, whole=False))
    return each.called


def _compared_data(store: "Store", each: "Compared") -> dict[str, Any]:
    return {
        "visit": each.visit, "name": _name(store, each), "here": each.here, "put_away": each.away,
        "push": {
            "entries": each.due.entries, "files": len(each.due.files), "size": each.due.size,
            "receipt": each.due.receipt,
        },
        "pull": {
            "entries": each.coming.entries, "files": each.coming.files, "bundles": len(each.coming.bundles),
            "size": each.coming.size,
        },
        "senders": list(each.senders),
        "own": {
            "entries": each.standing.saved, "not_sent": each.standing.not_sent,
            "not_confirmed": each.standing.not_confirmed,
        },
        "confirmed": [
            {"person": one.person, "device": one.device, "entries": one.has} for one in each.deliveries if one.has
        ],
    }  # fmt: skip
