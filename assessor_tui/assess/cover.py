"""Who of the team covers what: the sections and places that the visit's header gives to a person."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from assessor_tui.assess.left import Left
from assessor_tui.assess.places import place_kinds
from assessor_tui.form.model import Form
from assessor_tui.ledger.entry import generic_path, plain_name
from assessor_tui.ledger.value import Value, names
from assessor_tui.logic.filling import Filling

TEAM, NAME, SECTIONS, PLACES = "team", "member_name", "covers_sections", "covers_places"
"""The header's table of the team, and its questions."""


class Cover(NamedTuple):
    """What a person covers: whole sections, and everything that is asked at some kinds of place."""

    sections: frozenset[str] = frozenset()
    """Ids of forms."""
    places: frozenset[str] = frozenset()
    """Kinds of place, as the scheme names them."""


class Member(NamedTuple):
    """One person of the team."""

    name: str
    cover: Cover


def team_of(header: Filling) -> tuple[Member, ...]:
    """The team by the header, in its order; a row without a name is nobody yet."""
    try:
        rows = header.rows(TEAM)
    except KeyError:
        return ()
    found = []
    for row in rows:
        name = _said(header, f"{TEAM}[{row}]/{NAME}")
        if isinstance(name, str) and name.strip():
            sections = frozenset(names(_said(header, f"{TEAM}[{row}]/{SECTIONS}")))
            found.append(
                Member(
                    " ".join(name.split()), Cover(sections, frozenset(names(_said(header, f"{TEAM}[{row}]/{PLACES}"))))
                )
            )
    return tuple(found)


def _said(header: Filling, path: str) -> Value | None:
    try:
        now = header.state(path)
    except KeyError:
        return None
    return now.value if now.status == "answered" and now.relevant else None


def cover_of(header: Filling, person: str) -> Cover | None:
    """What the person covers by the header; None when it does not say: not in the team, or nothing given to."""
    found = [member.cover for member in team_of(header) if plain_name(member.name) == plain_name(person)]
    cover = Cover(_union(each.sections for each in found), _union(each.places for each in found))
    return cover if any(cover) else None


def covers(cover: Cover, form: str, place: str) -> bool:
    """True when a question of this form, asked at this kind of place, is covered: by its section or by its place."""
    return form in cover.sections or place in cover.places


class Covered:
    """What a person covers in one visit: the filter "mine"."""

    def __init__(self, cover: Cover, kinds: Mapping[str, Mapping[str, str]]) -> None:
        """``kinds`` are form -> generic path -> kind of place where it is asked."""
        self.cover = cover
        self.kinds = kinds
        self._known: dict[tuple[str, str], bool] = {}

    def holds(self, form: str, path: str) -> bool:
        """True when the question, table or row at ``path`` is covered."""
        known = self._known.get((form, path))
        if known is None:
            kinds, place = self.kinds.get(form, {}), generic_path(path)
            while place and place not in kinds:
                place = place.rpartition("/")[0]
            known = self._known[form, path] = covers(self.cover, form, kinds.get(place, ""))
        return known

    def left(self, lefts: Iterable[Left]) -> list[Left]:
        """What of that is left to do by the person; jots are everybody's."""
        found = []
        for left in lefts:
            paths = left.paths if not left.form else tuple(path for path in left.paths if self.holds(left.form, path))
            if paths:
                found.append(left._replace(paths=paths))
        return found


def covered_by(header: Filling, forms: Mapping[str, Form], person: str) -> Covered | None:
    """What the person covers of a visit with these forms; None when its header does not say."""
    cover = cover_of(header, person)
    return Covered(cover, {name: place_kinds(form) for name, form in forms.items()}) if cover is not None else None


def _union(parts: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*parts)
