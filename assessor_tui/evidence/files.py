"""Photos and papers on disk: each file named by its SHA-256, of a type that may be opened, never changed."""

import hashlib
import io
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, ClassVar, NamedTuple

from assessor_tui.i18n import N_

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_FILE = 100 * 1024**2
"""Largest evidence file in bytes."""
MAX_PIXELS = 100_000_000
"""Largest picture that is ever decoded."""
SNIFFED = 4096
"""How many first bytes ``sniff`` looks at."""

TYPES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/heic": ".heic",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}
"""Media type that may stand as evidence -> the extension under which a copy is opened. CSV is plain text."""

_SHEET, _PAPER = list(TYPES)[-2:]
_HEIC = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
# Everything below space but TAB, LF, FF, CR: no text file holds them, nearly every other file does.
_NOT_TEXT = bytes(byte for byte in range(32) if byte not in b"\t\n\f\r") + b"\x7f"
_PIECE = 256 * 1024
_AT_ONCE = 50
"""Files made durable together: each is open until then, and an old system allows a program a few hundred."""
_PREVIEW_SIDE = 640


class EvidenceError(Exception):
    """The file cannot stand as evidence."""

    exit_code: ClassVar[int] = 1
    message: ClassVar[str] = N_("{name} cannot be taken as evidence.")

    def __init__(self, name: str = "", reason: str = "") -> None:
        super().__init__(name, reason)
        self.parameters = {"name": name, "reason": reason}
        """Blanks of the sentence."""

    def __str__(self) -> str:
        return self.message.format(**self.parameters)


class NotAFile(EvidenceError):
    """What was named is a folder, a link or a device."""

    message = N_("{name} is not a file ({reason}). Choose the file itself.")


class FileGone(EvidenceError):
    """The file was there when it was chosen and cannot be read now."""

    message = N_("{name} cannot be read ({reason}). Is the stick or camera still connected?")


class FileTooLarge(EvidenceError):
    """The file is larger than evidence may be."""

    message = N_("{name} is larger than {reason} MiB. Take a smaller copy, or record where the original is kept.")


class TypeNotAllowed(EvidenceError):
    """By its content the file is of no allowed type, whatever its name says."""

    message = N_(
        "{name} is not a photo, PDF, text, Excel or Word file. Save it as one of these, "
        "or record where the original is kept."
    )


class CannotKeep(EvidenceError):
    """The data folder does not take the file: full, read-only, gone."""

    message = N_("{name} could not be stored in the data folder ({reason}). Nothing was kept; make room and try again.")


class EvidenceMissing(EvidenceError):
    """The file has not arrived on this laptop."""

    message = N_("The file {name} is not on this laptop yet. Ask the colleague who captured it for a bundle.")


class EvidenceDamaged(EvidenceError):
    """The stored file's content is no longer what its name says."""

    exit_code = 5
    message = N_("The stored file {name} is damaged. Ask for it again, or run “assessor doctor”.")


class Stored(NamedTuple):
    """A file that is in the data folder now."""

    sha256: str
    size: int
    type: str
    """One of ``TYPES``; ``""`` only where ``any_type`` was asked for."""


def sniff(first_bytes: bytes) -> str:
    """The media type, one of ``TYPES``, of a file that begins with ``first_bytes``; ``""`` for any other.

    Args:
        first_bytes: the first ``SNIFFED`` bytes, or all of a shorter file. A name or a stated type is never asked.
    """
    head = first_bytes[:SNIFFED]
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"):
        return "image/png"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return "image/heic" if head[8:12] in _HEIC else ""
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head.startswith(b"PK\x03\x04"):
        return _sniff_office(head)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) and _is_utf16(head):
        return "text/plain"
    if head and head.translate(None, _NOT_TEXT) == head:
        return "text/plain"
    return ""


def _sniff_office(head: bytes) -> str:
    """Spreadsheet or document by the folders that its first members stand in; one with macros is neither."""
    names: list[bytes] = []
    at = head.find(b"PK\x03\x04")
    while 0 <= at <= len(head) - 30:
        length = int.from_bytes(head[at + 26 : at + 28], "little")
        names.append(head[at + 30 : at + 30 + length])
        at = head.find(b"PK\x03\x04", at + 4)
    if any(name.lower().endswith((b"vbaproject.bin", b".exe", b".js")) for name in names):
        return ""
    sheet = any(name.startswith(b"xl/") for name in names)
    paper = any(name.startswith(b"word/") for name in names)
    return "" if sheet == paper else _SHEET if sheet else _PAPER


def _is_utf16(head: bytes) -> bool:
    text = head[: len(head) // 2 * 2].decode("utf-16", "replace")
    return not any(character < " " and character not in "\t\n\f\r" for character in text)


def evidence_path(folder: Path, sha256: str) -> Path:
    """Where the file of that digest stands, or would stand, in the data folder."""
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise ValueError("not a SHA-256")
    return folder / "evidence" / sha256[:2] / sha256[2:]


def store_file(
    folder: Path,
    source: Path | Iterable[bytes],
    limit: int = MAX_FILE,
    *,
    name: str = "",
    any_type: bool = False,
) -> Stored:
    """The file as it now stands in the data folder: written, synced to disk, then renamed to its digest.

    A file that is there already is known, not written again.

    Args:
        folder: the data folder.
        source: a file's path, or its bytes in pieces.
        limit: largest size in bytes.
        name: of the file for people, when ``source`` is no path.
        any_type: True keeps also a type that only a newer version knows (``type`` is then ``""``): from a bundle that
            such a version has sealed, to be handed on and never opened.

    Raises:
        EvidenceError: ``NotAFile``, ``FileGone``, ``FileTooLarge``, ``TypeNotAllowed`` or ``CannotKeep``;
            nothing of the file stays behind.
    """
    if isinstance(source, Path):
        name = name or source.name
        with _open_source(source, name) as stream:
            return _store(folder, [(name, _pieces(stream, name))], limit, any_type)[0]
    return _store(folder, [(name, source)], limit, any_type)[0]


def store_files(
    folder: Path, sources: Iterable[tuple[str, Iterable[bytes]]], limit: int = MAX_FILE, *, any_type: bool = False
) -> list[Stored]:
    """As ``store_file`` of each (name for people, bytes in pieces); a disk makes many durable far quicker than each.

    Raises:
        EvidenceError: as ``store_file``; what stands under its digest by then stays there.
    """
    left = iter(sources)
    stored: list[Stored] = []
    while group := list(islice(left, _AT_ONCE)):
        stored += _store(folder, group, limit, any_type)
    return stored


def _open_source(source: Path, name: str) -> BinaryIO:
    try:
        before = source.lstat()
        # A link may point anywhere tomorrow; a pipe would wait for ever.
        if stat.S_ISLNK(before.st_mode):
            raise NotAFile(name, "a link")
        if not stat.S_ISREG(before.st_mode):
            raise NotAFile(name, "a folder" if stat.S_ISDIR(before.st_mode) else "a device")
        flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        stream = os.fdopen(os.open(source, flags), "rb")
    except (OSError, ValueError) as error:  # ValueError: no path can be spelled like that
        raise FileGone(name, getattr(error, "strerror", None) or "not a path") from error
    if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        stream.close()
        raise NotAFile(name, "a device")
    return stream


def _pieces(stream: BinaryIO, name: str) -> Iterator[bytes]:
    while True:
        try:
            piece = stream.read(_PIECE)
        except OSError as error:
            raise FileGone(name, error.strerror or type(error).__name__) from error
        if not piece:
            return
        yield piece


def _store(folder: Path, sources: Sequence[tuple[str, Iterable[bytes]]], limit: int, any_type: bool) -> list[Stored]:
    stored: list[Stored] = []
    parts: list[tuple[Path, BinaryIO]] = []
    fresh: list[tuple[Path, Path]] = []
    name = sources[0][0]
    try:
        place = folder / "evidence"
        if not place.is_dir():
            place.mkdir(parents=True, exist_ok=True)
            sync_folder(folder)
        with _disk(len(sources)) as make_durable:
            for name, pieces in sources:
                # Not tempfile: its import costs more than this whole module.
                part = place / f"{os.urandom(8).hex()}.part"
                out: BinaryIO = part.open("xb")
                parts.append((part, out))
                found = _write(out, pieces, limit, name, any_type)
                target = evidence_path(folder, found.sha256)
                if not _is_whole(target, found.sha256, found.size):
                    make_durable(out)
                    fresh.append((part, target))
                stored.append(found)
        for _, out in parts:
            out.close()
        folders = dict.fromkeys(target.parent for _, target in fresh)
        if new := [each for each in folders if not each.is_dir()]:
            for each in new:
                each.mkdir(exist_ok=True)
            sync_folder(place)
        for part, target in fresh:
            part.replace(target)
        for each in folders:
            sync_folder(each)
        return stored
    except OSError as error:
        raise CannotKeep(name, error.strerror or type(error).__name__) from error
    finally:
        for part, out in parts:
            with suppress(OSError):
                out.close()
            with suppress(OSError):
                part.unlink(missing_ok=True)


@contextmanager
def _disk(files: int) -> Iterator[Callable[[BinaryIO], None]]:
    """Makes a written file durable: all are when the block ends. Of several, one while the next one is hashed."""
    if files == 1:
        yield lambda out: os.fsync(out.fileno())
        return
    from concurrent.futures import Future, ThreadPoolExecutor

    waiting: list[Future[None]] = []
    with ThreadPoolExecutor(1) as thread:
        yield lambda out: waiting.append(thread.submit(os.fsync, out.fileno()))
        for each in waiting:
            each.result()


def _write(out: BinaryIO, pieces: Iterable[bytes], limit: int, name: str, any_type: bool) -> Stored:
    """What was written to ``out``, the end of it handed to the system; errors as ``store_file``."""
    digest, size, first = hashlib.sha256(), 0, b""
    for piece in pieces:
        size += len(piece)
        if size > limit:
            raise FileTooLarge(name, str(limit // 1024**2))
        if len(first) < SNIFFED:
            first += piece[: SNIFFED - len(first)]
            # A file of a wrong kind is refused before a hundred megabytes of it are copied.
            if len(first) == SNIFFED and not any_type and not sniff(first):
                raise TypeNotAllowed(name)
        digest.update(piece)
        out.write(piece)
    media = sniff(first)
    if not media and not any_type:
        raise TypeNotAllowed(name)
    out.flush()
    return Stored(digest.hexdigest(), size, media)


def _is_whole(path: Path, sha256: str, size: int) -> bool:
    """True when the file is there, undamaged; a damaged one is replaced by the good copy at hand."""
    try:
        if path.stat().st_size != size:
            return False
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == sha256
    except OSError:
        return False


def sync_folder(folder: Path) -> None:
    """Nothing; the names in ``folder`` are on disk where the system can promise that."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def open_evidence(folder: Path, sha256: str) -> BinaryIO:
    """The stored file, open for reading at its start, its content compared with its digest just now.

    Raises:
        EvidenceMissing: when it is not on this laptop.
        EvidenceDamaged: when its content is another.
    """
    try:
        stream = evidence_path(folder, sha256).open("rb")
    except OSError:
        raise EvidenceMissing(sha256[:12]) from None
    try:
        same = hashlib.file_digest(stream, "sha256").hexdigest() == sha256
        stream.seek(0)
    except OSError:
        same = False
    if not same:
        stream.close()
        raise EvidenceDamaged(sha256[:12])
    return stream


def preview_path(folder: Path, sha256: str) -> Path:
    """Where the small JPEG of a picture stands, or would stand, in the data folder."""
    path = evidence_path(folder, sha256)
    return folder / "previews" / path.parent.name / f"{path.name}.jpg"


def make_preview(folder: Path, sha256: str, side: int = _PREVIEW_SIDE) -> Path | None:
    """A small JPEG of a stored picture, upright and without EXIF; None when the file is no picture that can be drawn.

    Made once, at capture; it never travels and can be made again at any time.

    Args:
        folder: the data folder.
        sha256: of the stored file.
        side: longest side in pixels.

    Raises:
        EvidenceMissing, EvidenceDamaged: as ``open_evidence``.
    """
    target = preview_path(folder, sha256)
    if target.exists():
        return target
    with open_evidence(folder, sha256) as stream:
        data = _small_jpeg(stream, side)
    if not data:
        return None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(data)
        part.replace(target)
        if not evidence_path(folder, sha256).exists():  # withdrawn or put away meanwhile: nothing of it stays
            target.unlink(missing_ok=True)
            return None
    except OSError:
        # A preview is a comfort: a full disk costs it, never the evidence.
        return None
    return target


def preview_pixels(folder: Path, sha256: str, width: int, height: int) -> tuple[tuple[tuple[int, int, int], ...], ...]:
    """Rows of red, green and blue of the picture, as large as fits into ``width`` x ``height``; empty when it is none.

    Raises:
        EvidenceMissing, EvidenceDamaged: as ``open_evidence``.
    """
    preview = make_preview(folder, sha256) if width > 0 and height > 0 else None
    try:
        return pixels_of(preview.read_bytes(), width, height) if preview is not None else ()
    except OSError:
        return ()


def viewed_path(folder: Path, name: str) -> Path:
    """Where a copy stands that another program is given to show; in the data folder, so that it can be removed."""
    return folder / "viewed" / name


def forget_viewed(folder: Path, before: float | None = None) -> None:
    """Nothing; the copies given to other programs are gone, all or those made before (seconds since 1970).

    One that such a program holds open goes the next time.
    """
    with suppress(OSError):
        for path in viewed_path(folder, "").iterdir():
            with suppress(OSError):
                if before is None or path.stat().st_mtime < before:
                    path.chmod(0o600)  # what is read-only cannot be removed everywhere
                    path.unlink()


def small_picture(path: Path, side: int = _PREVIEW_SIDE) -> bytes:
    """A small JPEG of a picture that is not stored, upright and without EXIF; ``b""`` when it cannot be drawn."""
    try:
        with _open_source(path, path.name) as stream:
            return _small_jpeg(stream, side)
    except EvidenceError:
        return b""


def pixels_of(jpeg: bytes, width: int, height: int) -> tuple[tuple[tuple[int, int, int], ...], ...]:
    """Rows of red, green and blue of a small JPEG, as large as fits into ``width`` x ``height``; empty for none."""
    if not jpeg or width <= 0 or height <= 0:
        return ()
    from PIL import Image

    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as opened:
            scale = min(width / opened.width, height / opened.height)
            size = (max(int(opened.width * scale), 1), max(int(opened.height * scale), 1))
            data = opened.convert("RGB").resize(size).tobytes()
    except Exception:  # a preview that cannot be read is no picture
        return ()
    pixels = [(data[at], data[at + 1], data[at + 2]) for at in range(0, len(data), 3)]
    return tuple(tuple(pixels[start : start + size[0]]) for start in range(0, len(pixels), size[0]))


def _small_jpeg(stream: BinaryIO, side: int) -> bytes:
    image = _open_image(stream)
    if image is None:
        return b""
    from PIL import ImageOps

    try:
        image.draft("RGB", (side, side))
        image.thumbnail((side, side))
        upright = ImageOps.exif_transpose(image).convert("RGB")
        upright.info.clear()
        out = io.BytesIO()
        upright.save(out, "JPEG", quality=80)
    except Exception:  # a broken picture has no preview, whatever the decoder makes of it
        return b""
    return out.getvalue()


def _open_image(stream: BinaryIO) -> "Image | None":
    """The picture, its header read and nothing decoded; None when it is none, or larger than ``MAX_PIXELS``."""
    if sniff(stream.read(SNIFFED)) not in ("image/jpeg", "image/png", "image/webp"):
        return None
    from PIL import Image

    stream.seek(0)
    # Ours is asked below, before anything is decoded; the library's own limit would only add a warning.
    Image.MAX_IMAGE_PIXELS = None
    try:
        image = Image.open(stream, formats=("JPEG", "PNG", "WEBP"))
    except Exception:  # whatever a broken or hostile file makes the decoder raise, it is no picture
        return None
    width, height = image.size
    return image if width * height <= MAX_PIXELS else None
