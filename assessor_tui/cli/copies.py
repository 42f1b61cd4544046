"""``assessor place`` and ``assessor copy``: second places, and a visit's copies there."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assessor_tui.cli.session import (
    FAILURE,
    Json,
    Mistake,
    VisitName,
    demand_identity,
    find_visit,
    new_id,
    opened,
    say,
    show,
    show_json,
    show_table,
)
from assessor_tui.i18n import N_, _

if TYPE_CHECKING:
    from assessor_tui.carry.copies import Confirmed, NamedPlace
    from assessor_tui.store.ledger import Store
    from assessor_tui.visit import Visit

PlaceName = Annotated[str, typer.Argument(metavar="NAME", help=N_("What people call the place, such as STICK."))]


def add_to(app: typer.Typer) -> None:
    """Nothing; adds the commands."""
    place = typer.Typer(
        rich_markup_mode=None, help=N_("Second places: sticks and network folders that hold copies of the visits.")
    )
    place.command("add", help=N_("Name a folder as a second place."))(add)
    place.command("list", help=N_("List the second places and whether they are connected."))(list_places)
    place.command("remove", help=N_("Forget a second place; what stands there stays."))(remove)
    app.add_typer(place, name="place")
    app.command("copy", help=N_("Copy a visit to the second places, read back and compared."))(copy)


def mounts() -> list[Path]:
    """Where sticks and network folders appear on this computer."""
    from assessor_tui.config import mount_points

    return mount_points(Path.home().name)


def now() -> int:
    """Microseconds since 1970."""
    return time.time_ns() // 1000


def sentence_of(error: Exception) -> str:
    """The sentence of a failure that has one."""
    message, parameters = getattr(error, "message", ""), getattr(error, "parameters", {})
    return _(message).format_map({"reason": "", **parameters}) if message else str(error)


def add(
    context: typer.Context,
    name: PlaceName,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help=N_("A folder on a stick or in the network."))],
    as_json: Json = False,
) -> None:
    """Nothing; the place is named, its identity file written."""
    from assessor_tui.carry.copies import add_place, is_on_this_disk

    with opened(context, write=True) as store:
        place = add_place(store, name, folder, new_id=new_id)
        if is_on_this_disk(store, folder):
            say(_("{folder} is on the disk of this laptop: it is lost together with it.").format(folder=folder))
        say(
            _("{name} is a second place now. Each visit is copied there at the end of a section.").format(
                name=place.name
            )
        )
        if as_json:
            show_json(place_data(store, place))


def list_places(context: typer.Context, as_json: Json = False) -> None:
    """Nothing; one line per place."""
    from assessor_tui.carry.copies import named_places

    with opened(context) as store:
        found = [place_data(store, place) for place in named_places(store)]
    if as_json:
        show_json({"places": found})
    elif not found:
        say(_("No second place is named yet. “assessor place add STICK FOLDER” names one."))
    else:
        show_table(
            [each["name"], each["folder"] or each["path"], _("connected") if each["folder"] else each["sentence"]]
            for each in found
        )


def place_data(store: "Store", place: "NamedPlace") -> dict[str, Any]:
    """The place as JSON data; ``folder`` is where it is now, ``""`` while it is away."""
    from assessor_tui.carry.copies import PlaceError, confirmed_copies, whereabouts

    data: dict[str, Any] = {"name": place.name, "path": str(place.path), "id": place.id, "folder": ""}
    try:
        data["folder"] = str(whereabouts(place, mounts()))
    except PlaceError as error:
        data["sentence"] = sentence_of(error)
    data["copies"] = {
        row.id: copy_data(copies[place.id])
        for row in store.visits()
        if place.id in (copies := confirmed_copies(store, row.id))
    }
    return data


def copy_data(copy: "Confirmed") -> dict[str, Any]:
    """What is confirmed, as JSON data."""
    from assessor_tui.ledger.clock import hong_kong_time

    return {
        "file": copy.file, "digest": copy.digest, "at": f"{hong_kong_time(copy.at).isoformat()}",
        "entries": sum(row.held for row in copy.logs), "evidence": len(copy.evidence),
    }  # fmt: skip


def remove(context: typer.Context, name: PlaceName, as_json: Json = False) -> None:
    """Nothing; the name is forgotten."""
    from assessor_tui.carry.copies import remove_place

    with opened(context, write=True) as store:
        place = remove_place(store, name)
    say(_("{name} is no second place any more. What stands there stays.").format(name=place.name))
    if as_json:
        show_json({"name": place.name, "path": str(place.path), "id": place.id})


def copy(
    context: typer.Context,
    visit_name: VisitName,
    to: Annotated[str, typer.Option("--to", metavar="NAME", help=N_("Only to this place."))] = "",
    as_json: Json = False,
) -> None:
    """Nothing; one line per place. Exit code 1 when a copy was not made."""
    from assessor_tui.carry.copies import copy_everywhere, named_places, place_named

    with opened(context, write=True) as store:
        demand_identity(store)
        visit = find_visit(store, visit_name)
        places = (place_named(store, to),) if to else named_places(store)
        if not places:
            raise Mistake(_("No second place is named yet. “assessor place add STICK FOLDER” names one."))
        results = []
        for place, outcome in copy_everywhere(store, visit, places, mounts(), now=now):
            if isinstance(outcome, Exception):
                results.append({"place": place.name, "outcome": "not made", "sentence": sentence_of(outcome)})
                say(sentence_of(outcome))
                continue
            results.append({"place": place.name, "outcome": "confirmed", **copy_data(outcome)})
            if not as_json:
                show(confirmed_line(results[-1]))
    if as_json:
        show_json({"visit": visit.id, "copies": results})
    if any(each["outcome"] != "confirmed" for each in results):
        raise typer.Exit(FAILURE)


def copy_to_lacking(store: "Store", visit: "Visit") -> None:
    """Nothing; the visit is copied to the second places that lack something of it, and said what came of it."""
    from assessor_tui.carry.copies import copy_everywhere, lacking

    places = lacking(store, visit.id)
    for place, outcome in copy_everywhere(store, visit, places, mounts() if places else [], now=now):
        if isinstance(outcome, Exception):
            say(sentence_of(outcome))
        else:
            say(_("Copied to {places}: read back there and good.").format(places=place.name))


def confirmed_line(data: Mapping[str, Any]) -> str:
    """What was confirmed, in one line."""
    return _("{place}: {file}: {entries} entries and {evidence} files, read back and good").format(**data)
