"""``assessor visit put-away``: a visit's contents leave this laptop, and the line that stays."""

from typing import TYPE_CHECKING, Any

import typer

from assessor_tui.cli.copies import mounts, now
from assessor_tui.cli.session import PROBLEMS, Json, VisitName, demand_identity, find_visit, opened, say, show_json
from assessor_tui.i18n import N_, _, language
from assessor_tui.ledger.clock import hong_kong_time

if TYPE_CHECKING:
    from assessor_tui.carry.put_away import Line

HELP = N_(
    "Remove a visit's contents from this laptop once two second places hold everything. At least one must be "
    "connected: its copy is read again now, in full. A place that is away counts when what it was last seen to hold "
    "is everything. A line stays; merging one of the copies brings the visit back."
)


def put_away(context: typer.Context, visit_name: VisitName, as_json: Json = False) -> None:
    """Nothing; says what went and where it is. Exit code 3 with everything that stands in the way."""
    from assessor_tui.carry.copies import is_on_this_disk, named_places
    from assessor_tui.carry.put_away import put_away as put
    from assessor_tui.cli.session import problem_data, problem_line

    with opened(context, write=True) as store:
        demand_identity(store)
        visit = find_visit(store, visit_name)
        outcome = put(store, visit, mounts(), now=now())
        own = [place.name for place in named_places(store) if is_on_this_disk(store, place.path)]
    line = outcome.line
    if line is None:
        if as_json:
            show_json(
                {"visit": visit.id, "put_away": False, "problems": [problem_data(each) for each in outcome.problems]}
            )
        for problem in outcome.problems:
            say(problem_line(problem))
        say(_("Nothing was removed."))
        raise typer.Exit(PROBLEMS)
    if as_json:
        show_json({**line_data(line), "put_away": True})
    words = _("{entries} entries and {files} files of {site} have left this laptop. Merge a copy to bring them back:")
    say(words.format(entries=line.entries, files=line.files, site=site_of(line)))
    for copy in line.copies:
        say(f"{copy.place}: {copy.file}")
    if own:
        said = _("{places}: on this laptop's own disk. What stands there does not leave it.")
        say(said.format(places=", ".join(own)))
    for path in outcome.backups:
        say(_("The backup {file} still holds the visit. Remove it by hand when you do not need it.").format(file=path))


def line_data(line: "Line") -> dict[str, Any]:
    """The line as JSON data."""
    return {
        "visit": line.visit, "site": site_of(line), "number": line.number, "date": line.date,
        "at": hong_kong_time(line.at).isoformat(), "person": line.person, "entries": line.entries, "files": line.files,
        "digest": line.digest,
        "copies": [
            {"place": copy.place, "file": copy.file, "digest": copy.digest, "at": hong_kong_time(copy.at).isoformat()}
            for copy in line.copies
        ],
    }  # fmt: skip


def line_row(line: "Line") -> list[str]:
    """The line as a row of the list of visits."""
    places = ", ".join(copy.place for copy in line.copies)
    return [
        line.visit[:8], line.date, site_of(line), _("put away: {places}").format(places=places),
        f"{hong_kong_time(line.at):%Y-%m-%d %H:%M}",
    ]  # fmt: skip


def site_of(line: "Line") -> str:
    """The site's name in the present language, else the other one; the visit's id while nobody said it."""
    order = ("en", "zh") if language() == "en-HK" else ("zh", "en")
    return next((line.names[key] for key in order if line.names.get(key)), line.visit[:8])
