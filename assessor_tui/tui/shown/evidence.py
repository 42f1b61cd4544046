"""All evidence and jots of a visit, and the files that wait in its inbox, as lines: each piece once."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from assessor_tui.evidence.files import TYPES
from assessor_tui.evidence.inbox import ARRIVING, REFUSED, TAKEN, File, moment_of
from assessor_tui.i18n import _, ngettext
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.clock import hong_kong_time
from assessor_tui.ledger.state import file_of
from assessor_tui.ledger.value import Evidence
from assessor_tui.tui.shown.rows import own_number, place_words, row_around, spoken_number
from assessor_tui.tui.widgets.card import Part, Remark, TextPage

if TYPE_CHECKING:
    from assessor_tui.ledger.entry import Entry
    from assessor_tui.visit import Visit

FILES = frozenset({"photo", "document"})
NOTE = "note"

LOOSE, ALL, PHOTOS, PAPERS, RECORDS, ASIDE, GONE = "loose", "all", "photos", "papers", "records", "aside", "gone"
MINE = "mine"
"""What the person at the keyboard covers or has recorded: the page knows who that is."""
SHOWS = (LOOSE, ALL, PHOTOS, PAPERS, RECORDS, ASIDE, GONE, MINE)

NO_TIME = 2**60
"""Later than every moment: where nothing says when a photo was taken."""


class Piece(NamedTuple):
    """One file, record or note, or a file that waits in the inbox."""

    key: str
    """What it is, the same on every laptop: the file's digest, or the first entry."""
    kind: str
    """A kind of evidence, or ``note``."""
    label: str
    at: int
    """Microseconds since 1970: when the photo was taken, else when it was first recorded; ``NO_TIME`` for never."""
    ties: tuple[tuple[str, "Entry"], ...] = ()
    """(hash, entry) of every place it is tied to, oldest first; form and path are ``""`` for nowhere yet."""
    file: File | None = None
    """The file in the inbox, while it waits there."""
    gone: bool = False
    """True for a file that was withdrawn: ``ties`` holds the entry that did."""

    @property
    def value(self) -> Evidence | None:
        """The evidence; None for a note."""
        value = self.ties[0][1].value if self.ties else None
        return value if isinstance(value, Evidence) else None

    @property
    def sha256(self) -> str:
        """Digest of its file in the data folder, ``""`` when it has none."""
        return self.value.about.get("sha256", "") if self.value is not None else ""

    @property
    def loose(self) -> bool:
        """True while it can be tied and is tied to nothing."""
        if self.file is not None:
            return not self.file.aside and self.file.state != TAKEN
        return not self.gone and not self.places

    @property
    def why_not(self) -> str:
        """Why it cannot be tied, as a sentence; ``""`` when it can."""
        from assessor_tui.i18n.sentences import sentence

        if self.gone:
            return _("It was withdrawn: {why}.").format(why=self.ties[0][1].why.rstrip("."))
        file = self.file
        return sentence(file.problem) if file is not None and file.problem is not None else ""

    @property
    def places(self) -> list[tuple[str, str]]:
        """(form, path) of what it is tied to."""
        return [] if self.gone else [(entry.form, entry.path) for _digest, entry in self.ties if entry.form]


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
        taken = moment_of(value.about.get("taken", ""))
        pieces.append(Piece(key, value.kind, label_of(value), taken or ties[0][1].at, tuple(ties)))
    for digest, entry in state.jots() if notes else ():
        if entry.act == acts.NOTE and entry.value:
            pieces.append(Piece(digest, NOTE, str(entry.value), entry.at, ((digest, entry),)))
    return sorted(pieces, key=lambda each: (-each.at, each.key))


def waiting(files: Iterable[File]) -> list[Piece]:
    """The files of the inbox that are not evidence already, the earliest first; those without a time by their name."""
    pieces = [
        Piece(
            f"inbox/{file.name}", "photo" if file.seen.type.startswith("image/") else "document", file.name,
            NO_TIME if file.at is None else file.at, file=file,
        )
        for file in files
        if file.state != TAKEN
    ]  # fmt: skip
    return sorted(pieces, key=lambda each: each.at)


def withdrawn(visit: "Visit") -> list[Piece]:
    """Every file that was withdrawn, the last one first: what it was called, who withdrew it and why."""
    pieces = []
    for key, head in visit.state.withdrawn.items():
        value = head[1].value
        assert isinstance(value, Evidence)
        pieces.append(Piece(key, value.kind, label_of(value), head[1].at, (head,), gone=True))
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
        LOOSE: piece.loose,
        ALL: not piece.gone and not _is_aside(piece),
        PHOTOS: piece.kind == "photo" and not piece.gone and not _is_aside(piece),
        PAPERS: piece.kind == "document" and not piece.gone and not _is_aside(piece),
        RECORDS: piece.kind not in FILES and piece.kind != NOTE,
        ASIDE: _is_aside(piece),
        GONE: piece.gone,
    }[shows]


def _is_aside(piece: Piece) -> bool:
    return piece.file is not None and piece.file.aside


def tie_words(visit: "Visit", piece: Piece) -> str:
    """Numbers of what it is tied to, or why it is not."""
    if piece.gone:
        return piece.ties[0][1].why
    if piece.file is not None and piece.file.state in (ARRIVING, REFUSED):
        return {ARRIVING: _("arriving"), REFUSED: _("not usable")}[piece.file.state]
    said = []
    for form, path in piece.places:
        row = row_around(path)
        by_row = row and (path == row or form == visit.scheme.findings_form)
        number = spoken_number(visit, form, row) if by_row else own_number(visit, form, path)
        said.append(number or path.rpartition("/")[2])
    return " ".join(dict.fromkeys(said)) or _("not tied")


def clock(at: int) -> str:
    """A moment in microseconds since 1970 as the clock on the wall showed it, to the minute; ``NO_TIME`` as a dash."""
    return "-" if at >= NO_TIME else f"{hong_kong_time(at):%m-%d %H:%M}"


def offset_words(seconds: int) -> str:
    """How wrong a camera's clock is, ``seconds`` being what is added to its time."""
    hours, rest = divmod(abs(seconds), 3600)
    said = [
        words.format(count=count)
        for count, words in (
            (hours, ngettext("{count} h", "{count} h", hours)),
            (rest // 60, ngettext("{count} min", "{count} min", rest // 60)),
            (rest % 60, ngettext("{count} s", "{count} s", rest % 60)),
        )
        if count
    ]
    if not seconds:
        return _("camera clock right")
    text = " ".join(said)
    return (_("camera {time} behind") if seconds > 0 else _("camera {time} ahead")).format(time=text)


def page_of(visit: "Visit", piece: Piece, tag: str, *, here: bool) -> TextPage:
    """Everything about a piece: what it is, who recorded it, what it is tied to. ``here``: its file is on disk."""
    from assessor_tui.tui.shown.question_card import evidence_kind
    from assessor_tui.tui.shown.words import size_words

    if piece.gone:
        return _gone_page(piece)
    entry = piece.ties[0][1]
    value = piece.value
    parts = []
    if value is not None:
        about = value.about
        size = size_words(int(about["size"])) if about.get("size", "").isdecimal() else ""
        media = TYPES.get(about.get("type", ""), "").lstrip(".").upper()
        lines = [about.get("caption", ""), "  ".join(x for x in (about.get("name", ""), media, size) if x)]
        lines += [
            words.format(text=about[key][:16].replace("T", " ") if key in ("taken", "camera") else about[key])
            for key, words in (
                ("taken", _("taken {text}")), ("camera", _("the camera showed {text}")),
                ("original", _("no time of its own; by name after {text}")),
                ("number", _("no. {text}")), ("issuer", _("issued by {text}")), ("date", _("dated {text}")),
                ("page", _("page {text}")), ("post", _("post: {text}")), ("kept", _("kept at {text}")),
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


def _gone_page(piece: Piece) -> TextPage:
    """What stays of a withdrawn file."""
    entry = piece.ties[0][1]
    lines = (
        Remark(_("{person} withdrew it: {why}").format(person=entry.person, why=entry.why), "warning"),
        Remark(_("Its bytes are removed from every laptop that hears of it; this line and its digest stay.")),
        Remark(_("SHA-256 {digest}").format(digest=file_of(entry))),
        Remark(clock(entry.at)),
    )
    return TextPage("", (Part(piece.label, lines),))
