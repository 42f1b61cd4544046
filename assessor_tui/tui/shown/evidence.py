"""All evidence and jots of a visit as lines: each piece once, with everything it is tied to."""

from typing import TYPE_CHECKING, NamedTuple

from assessor_tui.evidence import TYPES
from assessor_tui.i18n import _
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.clock import hong_kong_time
from assessor_tui.ledger.value import Evidence
from assessor_tui.tui.shown.rows import own_number, place_words, row_around, spoken_number
from assessor_tui.tui.widgets.card import Part, Remark, TextPage

if TYPE_CHECKING:
    from assessor_tui.ledger.entry import Entry
    from assessor_tui.visit import Visit

FILES = frozenset({"photo", "document"})
NOTE = "note"

ALL, PHOTOS, PAPERS, RECORDS, LOOSE = "all", "photos", "papers", "records", "loose"
SHOWS = (ALL, PHOTOS, PAPERS, RECORDS, LOOSE)


class Piece(NamedTuple):
    """One file, record or note."""

    key: str
    """What it is, the same on every laptop: the file's digest, or the first entry."""
    kind: str
    """A kind of evidence, or ``note``."""
    label: str
    at: int
    """Microseconds since 1970: when it was first recorded."""
    ties: tuple[tuple[str, "Entry"], ...]
    """(hash, entry) of every place it is tied to, oldest first; form and path are ``""`` for nowhere yet."""

    @property
    def value(self) -> Evidence | None:
        """The evidence; None for a note."""
        value = self.ties[0][1].value
        return value if isinstance(value, Evidence) else None

    @property
    def sha256(self) -> str:
        """Digest of its file, ``""`` when it has none."""
        return self.value.about.get("sha256", "") if self.value is not None else ""

    @property
    def places(self) -> list[tuple[str, str]]:
        """(form, path) of what it is tied to."""
        return [(entry.form, entry.path) for _digest, entry in self.ties if entry.form]


def pieces_of(visit: "Visit", *, notes: bool = True) -> list[Piece]:
    """Every piece of evidence that stands, and (when ``notes``) every note tied to nothing, the latest first."""
    state = visit.state
    places = dict.fromkeys((entry.form, entry.path) for _digest, entry in state.entries() if entry.act == acts.ATTACH)
    found: dict[str, list[tuple[str, Entry]]] = {}
    for form, path in places:
        for digest, entry in state.evidence(form, path):
            if isinstance(entry.value, Evidence):
                found.setdefault(_key(digest, entry.value), []).append((digest, entry))
    pieces = []
    for key, ties in found.items():
        ties.sort(key=lambda head: (head[1].at, head[0]))
        value = ties[0][1].value
        assert isinstance(value, Evidence)
        pieces.append(Piece(key, value.kind, label_of(value), ties[0][1].at, tuple(ties)))
    for digest, entry in state.jots() if notes else ():
        if entry.act == acts.NOTE and entry.value:
            pieces.append(Piece(digest, NOTE, str(entry.value), entry.at, ((digest, entry),)))
    return sorted(pieces, key=lambda each: (-each.at, each.key))


def _key(digest: str, value: Evidence) -> str:
    """A file is itself wherever it is tied; so is a record that says the same."""
    if sha256 := value.about.get("sha256"):
        return sha256
    return "\0".join([value.kind, *(f"{key}={text}" for key, text in sorted(value.about.items()))])


def label_of(value: Evidence) -> str:
    """What it shows, else what it is called."""
    about = value.about
    return about.get("caption") or about.get("name") or about.get("number") or about.get("post") or value.kind


def is_shown(piece: Piece, shows: str) -> bool:
    """True when the piece is of the kind that is shown."""
    return {
        ALL: True,
        PHOTOS: piece.kind == "photo",
        PAPERS: piece.kind == "document",
        RECORDS: piece.kind not in FILES and piece.kind != NOTE,
        LOOSE: not piece.places,
    }[shows]


def tie_words(visit: "Visit", piece: Piece) -> str:
    """Numbers of what it is tied to."""
    said = []
    for form, path in piece.places:
        row = row_around(path)
        by_row = row and (path == row or form == visit.scheme.findings_form)
        number = spoken_number(visit, form, row) if by_row else own_number(visit, form, path)
        said.append(number or path.rpartition("/")[2])
    return " ".join(dict.fromkeys(said)) or _("not tied")


def clock(at: int) -> str:
    """A moment in microseconds since 1970 as the clock on the wall showed it, to the minute."""
    return f"{hong_kong_time(at):%m-%d %H:%M}"


def page_of(visit: "Visit", piece: Piece, tag: str, *, here: bool) -> TextPage:
    """Everything about a piece: what it is, who recorded it, what it is tied to. ``here``: its file is on disk."""
    from assessor_tui.tui.shown.question_card import evidence_kind
    from assessor_tui.tui.shown.words import size_words

    entry = piece.ties[0][1]
    value = piece.value
    parts = []
    if value is not None:
        about = value.about
        size = size_words(int(about["size"])) if about.get("size", "").isdecimal() else ""
        media = TYPES.get(about.get("type", ""), "").lstrip(".").upper()
        lines = [about.get("caption", ""), "  ".join(x for x in (about.get("name", ""), media, size) if x)]
        lines += [
            words.format(text=about[key] if key != "taken" else about[key][:16].replace("T", " "))
            for key, words in (
                ("taken", _("taken {text}")), ("number", _("no. {text}")), ("issuer", _("issued by {text}")),
                ("date", _("dated {text}")), ("page", _("page {text}")), ("post", _("post: {text}")),
                ("kept", _("kept at {text}")),
            )
            if about.get(key)
        ]  # fmt: skip
        parts.append(Part(evidence_kind(value.kind), tuple(Remark(line) for line in lines if line)))
        if piece.sha256 and not here:
            parts.append(
                Part("", (Remark(_("The file is not on this laptop yet; it comes with a bundle."), "warning"),))
            )
    else:
        parts.append(Part(_("Note"), (Remark(piece.label),)))
    tied = tuple(Remark(place_words(visit, form, path, tag)) for form, path in piece.places)
    parts.append(Part(_("Tied to"), tied or (Remark(_("nothing yet: F2 ties it to a question or a row"), "warning"),)))
    parts.append(Part("", (Remark(f"{entry.person}  {clock(entry.at)}"),)))
    return TextPage("", tuple(parts))
