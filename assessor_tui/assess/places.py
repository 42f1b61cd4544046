"""The real places of a site: those its header names, else the standard ones of the scheme."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from assessor_tui.form.model import LANGUAGES, Form, Question, Repeat, Text, walk
from assessor_tui.form.scheme import Scheme
from assessor_tui.ledger.value import names
from assessor_tui.logic.filling import Filling

TABLE, NAME, KIND = "site_places", "place_name", "place_kind"
"""The header's table of the site's places, and its questions."""
ROLE = "place"
"""Role of the question that says where the row of a table stands."""


class SitePlace(NamedTuple):
    """One place that one walks to."""

    name: str
    """What tells it from the others: the site's own name for it, or the scheme's name of a standard place."""
    label: Text
    kind: str
    """The standard place whose questions are asked there; ``""`` while nobody has said."""


def places_of(scheme: Scheme, header: Filling) -> tuple[SitePlace, ...]:
    """The places in walking order: the site's own, then the standard ones whose kind the site has no own place of."""
    own = _own(header)
    kinds, taken = {place.kind for place in own}, {place.name for place in own}
    standard = ((name, label) for name, label in scheme.places if name not in kinds)
    return (*own, *(SitePlace(f"{name} *" if name in taken else name, label, name) for name, label in standard))


def _own(header: Filling) -> list[SitePlace]:
    try:
        rows = header.rows(TABLE)
    except KeyError:
        return []
    found: dict[str, SitePlace] = {}
    for row in rows:
        name = _text(header, f"{TABLE}[{row}]/{NAME}")
        if not name:
            continue
        kind = next(iter(_chosen(header, f"{TABLE}[{row}]/{KIND}")), "")
        same = next((each for each in found if is_same_place(each, name)), name)
        if same not in found or not found[same].kind:  # a place that was written down twice is one place
            found[same] = SitePlace(same, dict.fromkeys(LANGUAGES, same), kind)
    return list(found.values())


def _text(filling: Filling, path: str) -> str:
    try:
        now = filling.state(path)
    except KeyError:
        return ""
    return now.value.strip() if now.status == "answered" and isinstance(now.value, str) else ""


def _chosen(filling: Filling, path: str) -> tuple[str, ...]:
    try:
        now = filling.state(path)
    except KeyError:
        return ()
    return names(now.value) if now.status == "answered" else ()


def place_named(places: Iterable[SitePlace], typed: str) -> SitePlace | None:
    """The place that ``typed`` means by its name in any language, however it is spaced; None for none or several.

    A part of the name will do, and so will a name with more words around it, when only one place fits.
    """
    wanted = _plain(typed)
    if not wanted:
        return None
    known = [(place, {_plain(place.name), *map(_plain, place.label.values())} - {""}) for place in places]
    same = [place for place, spelled in known if wanted in spelled]
    if same:
        return same[0]
    near = [place for place, spelled in known if any(_is_part(wanted, each) for each in spelled)]
    return near[0] if len(near) == 1 else None


def is_same_place(one: str, other: str) -> bool:
    """True when both names are one place's, however spaced and capitalised."""
    return _plain(one) == _plain(other)


def _is_part(one: str, other: str) -> bool:
    """True when the shorter of both says enough of the longer one; "A" says nothing of "Hall A"."""
    short, long = sorted((one, other), key=len)
    return short in long and (len(short) >= 3 or (len(short) >= 2 and not short.isascii()))


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def place_kinds(form: Form) -> dict[str, str]:
    """Generic path of each question and table -> kind of place where it is asked, its own or that of its table."""
    found: dict[str, str] = {}
    for above, node in walk(form.children):
        if isinstance(node, Question | Repeat):
            path = "/".join((*above, node.name))
            found[path] = node.place or found.get("/".join(above), "")
    return found


def placed_rows(form: Form, filling: Filling) -> Iterator[tuple[str, str, str]]:
    """Path of the row, what it says about where it stands, and kind of place of its table: every row that can say."""
    for repeat, question in placed_tables(form):
        try:
            rows: Sequence[str] = filling.rows(repeat.name)
        except KeyError:
            continue
        for row in rows:
            path = f"{repeat.name}[{row}]"
            yield path, _text(filling, f"{path}/{question.name}"), repeat.place


def placed_tables(form: Form) -> Iterator[tuple[Repeat, Question]]:
    """Each table, outside any other, whose rows say where they stand, with the question that says it."""
    for above, node in walk(form.children):
        if isinstance(node, Repeat) and not above:
            asked = (each for _, each in walk(node.children) if isinstance(each, Question) and each.role == ROLE)
            question = next(asked, None)
            if question is not None:
                yield node, question


def kinds_of(places: Iterable[SitePlace]) -> Mapping[str, tuple[SitePlace, ...]]:
    """Kind -> the places of this kind, in their order; a place of which nobody has said the kind is of none."""
    found: dict[str, tuple[SitePlace, ...]] = {}
    for place in places:
        if place.kind:
            found[place.kind] = (*found.get(place.kind, ()), place)
    return found
