"""What visits are called in file names, and which of them belong to one site or look like one and the same."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from assessor_tui.filled_visit import FilledVisit
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.entry import canonical_json
from assessor_tui.ledger.value import names
from assessor_tui.store.ledger import Store

DIFFERENT = "different"
"""First part of the value of a ``link`` that says of another visit that it is not the same; the second is its id."""


class Alike(NamedTuple):
    """Two visits that look like one and the same; only a person links them."""

    visit: str
    other: str
    reason: str
    """``number`` (registered number and period) or ``name`` (site name and visit date)."""


def visit_label(visit: FilledVisit) -> str:
    """A short name of the visit for file names: its site and date."""
    return f"{site_name(visit)}-{visit.today}" if site_name(visit) else visit.id[:8]


def bundle_label(visit: FilledVisit, person: str) -> str:
    """The name of the visit's bundles up to their purpose: visit, site, person and day between underscores."""
    number = visit.header("application_number")
    parts = (number if isinstance(number, str) and number else visit.id[:8], site_name(visit), person, visit.today)
    return "_".join(part.replace("_", "-") for part in parts if part)


def site_name(visit: FilledVisit, language: str = "en-HK") -> str:
    """The site's registered name: English for English when there is one, else Chinese; ``""`` while nobody said."""
    order = ("site_name_en", "site_name_zh") if language == "en-HK" else ("site_name_zh", "site_name_en")
    for path in order:
        value = visit.header(path)
        if isinstance(value, str) and value:
            return value
    return ""


def earlier_visits(store: Store, visit: FilledVisit) -> list[str]:
    """Other visits of the same site (by its registered number) that were opened before this one, oldest first."""
    number = visit.header("registered_number")
    if not isinstance(number, str) or not number:
        return []
    found = []
    # Opening every visit of a season to ask for its number would take seconds.
    for other in _others(store, visit, store.visits_saying(canonical_json(number).decode())):
        if other.header("registered_number") == number and other.opening.at < visit.opening.at:
            found.append((other.opening.at, other.id))
    return [each for _, each in sorted(found)]


def alike(store: Store, visit: FilledVisit) -> list[Alike]:
    """Visits on this laptop that look like this one and are not linked with it yet; nothing is joined silently."""
    decided = _decided_about(visit)
    found = []
    for other in _others(store, visit):
        if other.id in decided or visit.id in _decided_about(other):
            continue
        same_date = other.today == visit.today
        if _same(visit, other, "registered_number") and same_date:
            found.append(Alike(visit.id, other.id, "number"))
        elif same_date and (_same(visit, other, "site_name_en") or _same(visit, other, "site_name_zh")):
            found.append(Alike(visit.id, other.id, "name"))
    return found


def _decided_about(visit: FilledVisit) -> set[str]:
    """Other visits of which somebody has said that they are one with this, or (``DIFFERENT``) that they are not."""
    said = (entry.value for _, entry in visit.state.entries() if entry.act == acts.LINK)
    return {each if isinstance(each, str) else names(each)[-1] for each in said if isinstance(each, str) or names(each)}


def _same(visit: FilledVisit, other: FilledVisit, path: str) -> bool:
    def plain(value: object) -> str:
        return "".join(value.split()).casefold() if isinstance(value, str) else ""

    mine = plain(visit.header(path))
    return bool(mine) and mine == plain(other.header(path))


def _others(store: Store, visit: FilledVisit, among: Iterable[str] | None = None) -> Iterator[FilledVisit]:
    """The other visits on this laptop, or those ``among`` them, as far as they can be opened."""
    for each in among if among is not None else [row.id for row in store.visits()]:
        if each == visit.id:
            continue
        try:
            other = FilledVisit(store, each, new_id=visit.new_id)
            _ = other.scheme
        except (LookupError, KeyError):
            continue  # its opening has not arrived yet
        yield other
