"""The summary of a visit on disk: one self-contained HTML file and the assessment as JSON."""

import base64
import io
import json
import os
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Literal

import jinja2
from markupsafe import Markup

from assessor_tui import __version__
from assessor_tui.assess.assessment import assessment, digest, for_site
from assessor_tui.assess.changes import changes
from assessor_tui.carry.exchange import earlier_visits, visit_label
from assessor_tui.evidence.files import EvidenceError, make_preview
from assessor_tui.i18n import LANGUAGE_NAMES, LANGUAGES, N_, nearest_language
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.follow_up import CLOSING_RECORD
from assessor_tui.ledger.state import VisitState
from assessor_tui.reports.since import follow_ups, kept, waiting
from assessor_tui.reports.view import Closing, Earlier, Outside, view
from assessor_tui.trust.team import roster_of
from assessor_tui.visit import Visit

Audience = Literal["review", "site"]

_TEMPLATES = Path(__file__).parent / "templates"
_PHOTO_SIDE = 640
_MOST_NAME = 80


class ReportNotWritten(Exception):
    """The summary could not be written."""

    message: ClassVar[str] = N_("The summary could not be written to {folder}: {reason}. Name another folder with -o.")
    exit_code: ClassVar[int] = 1

    def __init__(self, folder: Path, reason: str) -> None:
        self.parameters = {"folder": str(folder), "reason": reason}
        super().__init__(self.message.format_map(self.parameters))


def write_report(
    visit: Visit,
    folder: Path,
    *,
    language: str | None = None,
    audience: Audience = "review",
    earlier: Mapping[str, Any] | None = None,
) -> list[Path]:
    """The files written, HTML first: ``<visit label>-summary.html`` and ``assessment.json`` (with ``-site`` at the end
    of both names for the site's copy, so that both copies can stand in one folder).

    A signed visit is shown as it was signed. Files of an earlier run are replaced, each in one step.

    Args:
        visit: the visit.
        folder: made when it is not there.
        language: one of the three; None puts all three into the file, with a switch.
        audience: ``review``, or ``site`` for the copy without score, internal notes, comments and conflicts.
        earlier: assessment of an earlier visit of the site to compare with; without it the visit's own last
            signature before this one is taken, else the last earlier visit of the site on this laptop.

    Raises:
        ReportNotWritten: when the folder or disk does not take them.
    """
    shown = visit.state.as_signed() or visit.state
    data = _assessment(visit, shown)
    roster = roster_of(visit.store)
    outside = Outside(
        photos={},
        program=f"assessor_tui {__version__}",
        digest=digest(data),
        later_entries=len(visit.state) - len(shown) - len(visit.state.follow_ups()),
        earlier=_earlier(visit, shown, data, earlier),
        follow_ups=follow_ups(visit),
        closing=_closing(visit, data, audience),
        returned=waiting(visit) if audience == "review" else (),
        roles={member.device: member.role for member in roster.people} if roster is not None else None,
    )
    published = for_site(data) if audience == "site" else data
    # What was withdrawn since the signature may still stand here for another visit's sake.
    found = load_photos(published, visit.store.folder)
    photos = {sha256: photo for sha256, photo in found.items() if sha256 not in visit.state.withdrawn}
    page = html(published, outside, photos, (nearest_language(language),) if language else LANGUAGES)
    spelled = json_text(published)
    name, end = file_name(visit_label(visit)), "-site" if audience == "site" else ""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths = [folder / f"{name}-summary{end}.html", folder / f"assessment{end}.json"]
        for path, text in zip(paths, (page, spelled), strict=True):
            write_text(path, text)
    except OSError as error:
        raise ReportNotWritten(folder, error.strerror or type(error).__name__) from error
    return paths


def _assessment(visit: Visit, state: VisitState) -> dict[str, Any]:
    """The assessment of the visit as ``state`` has it: its date, forms and scheme are those of that time, too."""
    then = visit
    if state is not visit.state:
        then = Visit(visit.store, visit.id, new_id=visit.new_id)
        then.state = state
    return assessment(then.id, then.scheme, then.forms, state, then.today)


def _closing(visit: Visit, data: Mapping[str, Any], audience: Audience) -> Closing | None:
    """The closing record that was written last, with what has changed since; the site is told of findings only."""
    found = kept(visit)
    if found is None:
        return None
    answers = changes(_assessment(visit, found.then), data) if audience == "review" else ()
    return Closing(found, tuple(each for each in answers if not each.path.startswith(CLOSING_RECORD)))


def _earlier(
    visit: Visit, shown: VisitState, data: Mapping[str, Any], given: Mapping[str, Any] | None
) -> Earlier | None:
    """What to compare with: the assessment given, else the visit as an earlier signature saw it."""
    if given is not None:
        return Earlier(given, None, changes(given, data))
    standing = {hash_ for hash_, _ in shown.signed.heads} if shown.signed is not None else set()
    signs = [head for head in shown.history("", "") if head[1].act == acts.SIGN and head[0] not in standing]
    if signs:
        last = signs[-1]
        then = VisitState(head for head in shown.entries() if head[0] == last[0] or shown.knows(last, head))
        before = _assessment(visit, then)
        return Earlier(before, before["signature"].get("said"), changes(before, data))
    for visit_id in reversed(earlier_visits(visit.store, visit)):
        other = Visit(visit.store, visit_id, new_id=visit.new_id)
        before = _assessment(other, other.state.as_signed() or other.state)
        return Earlier(before, None, changes(before, data))
    return None


_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])\Z", re.IGNORECASE)


def file_name(text: str) -> str:
    """What a visit's files are called after: letters and digits of any script, the rest as single hyphens.

    Safe on every system: never empty, never a name that Windows keeps for itself, short.
    """
    kept = "".join(c if unicodedata.category(c)[0] in "LN" else "-" for c in unicodedata.normalize("NFC", text))
    name = "-".join(part for part in kept.split("-") if part)
    while len(name.encode()) > _MOST_NAME:
        name = name[:-1]
    return f"{name}-" if _RESERVED.match(name) else name or "visit"


def write_text(path: Path, text: str) -> None:
    """Nothing; the file is there whole, or as it was before.

    Raises:
        OSError: when the disk does not take it.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def json_text(data: Mapping[str, Any]) -> str:
    """The assessment as JSON to read: sorted keys, indented, what acts instead of being seen as an escape."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1)
    return "".join(character if _is_seen(character) else _escaped(character) for character in text) + "\n"


def _is_seen(character: str) -> bool:
    return character == "\n" or character.isprintable()


def _escaped(character: str) -> str:
    # Only inside of strings can such a character stand, so the escape means the same.
    return json.dumps(character)[1:-1]


def load_photos(data: Mapping[str, Any], folder: Path) -> dict[str, bytes]:
    """SHA-256 -> small JPEG without EXIF, for every picture that the assessment names and this laptop has."""
    found: dict[str, bytes] = {}
    for form in data["forms"]:
        for item in form["items"]:
            for piece in item.get("evidence", ()):
                sha256 = piece.get("sha256", "")
                if sha256 and sha256 not in found and (photo := _photo(folder, sha256)):
                    found[sha256] = photo
    return found


def _photo(folder: Path, sha256: str) -> bytes | None:
    try:
        preview = make_preview(folder, sha256, _PHOTO_SIDE)
        return preview.read_bytes() if preview is not None else None
    except (EvidenceError, OSError):
        # A picture that has not arrived yet is named without being shown.
        return None


def html(
    data: Mapping[str, Any], outside: Outside, photos: Mapping[str, bytes], languages: Sequence[str] = LANGUAGES
) -> str:
    """The page: no script, no address outside, every picture once, whatever number of languages it speaks."""
    ids = {sha256: f"photo-{place}" for place, sha256 in enumerate(photos, 1)}
    outside = outside._replace(photos=ids)
    views = [view(data, language, outside) for language in languages]
    pictures = [
        (ids[sha256], Markup("data:image/jpeg;base64," + base64.b64encode(photo).decode()))  # noqa: S704 - base64
        for sha256, photo in photos.items()
    ]
    sizes = {ids[sha256]: _size(photo) for sha256, photo in photos.items()}
    style = Markup((_TEMPLATES / "summary.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file
    return template("summary.html.j2").render(
        views=views, pictures=pictures, sizes=sizes, names=LANGUAGE_NAMES, style=style
    )


def _size(photo: bytes) -> tuple[int, int]:
    """Width and height of a JPEG of our own making."""
    from PIL import Image

    with Image.open(io.BytesIO(photo), formats=("JPEG",)) as image:
        return image.size


@cache
def template(name: str) -> jinja2.Template:
    """A page of ours: whatever stands in it is escaped, and a part that is not given is an error."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(name)


def paper_style(name: str, more: str = "") -> Markup:
    """The style sheet of a paper for the site: what all papers share, its own (``name``), and ``more`` of ours."""
    sheets = (_TEMPLATES / each for each in ("paper.css", name))
    return Markup("".join(sheet.read_text(encoding="utf-8") for sheet in sheets) + more)  # noqa: S704 - our own files
