"""The outer layer: a whole bundle encrypted with age, for the X25519 recipients that its seal names.

What is decrypted stands in memory, or in a temporary file that has no name: however reading ends, even by a power cut,
no plaintext is left in a folder. Windows knows no such files; there the system removes it when it is closed, and the
next bundle removes what a power cut has left.
"""

import hashlib
import io
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, TypeVar, cast

from assessor_tui.bundle.archive import Limits
from assessor_tui.bundle.error import CANNOT_READ, CLOSED, NO_ROOM, SEAL, TOO_LARGE, TORN, BundleError

MAGIC = b"age-encryption.org/v1\n"
"""The first bytes of every age file."""

Identities = Sequence[str] | Callable[[], Sequence[str]]
"""age identities, or what gives them when a file turns out to be encrypted: they may first have to be unlocked."""

_T = TypeVar("_T")

_IN_MEMORY = 1024 * 1024
_HEADER = 64 * 1024
"""More than the most recipients need. The library takes time by the square of the header's length."""
_FOOT = b"\n--- "


def is_encrypted(path: Path) -> bool:
    """True when the file begins as an age file does; False as well when it cannot be read."""
    with suppress(OSError, ValueError), path.open("rb") as stream:
        return stream.read(len(MAGIC)) == MAGIC
    return False


def recipients_of(identities: Iterable[str]) -> frozenset[str]:
    """The public half, ``age1...``, of each identity."""
    from pyrage import x25519

    return frozenset(str(x25519.Identity.from_str(each).to_public()) for each in identities)


def decrypted(stream: BinaryIO, size: int, identities: Sequence[str], scratch: Path | None, limits: Limits) -> BinaryIO:
    """The bundle inside the age file ``stream``, ``size`` bytes long, from its start; closing it removes it.

    Args:
        stream: at its start; stays open.
        size: bytes of the age file.
        identities: any of them may open it.
        scratch: folder for the temporary file, made when needed; None for the system's own.
        limits: what is refused as too much.

    Raises:
        BundleError: when no identity opens it, or a byte of it is not as it was written; nothing of it is left then.
    """
    # 16 bytes are added to each 64 KiB.
    if size > limits.bundle + limits.bundle // 4096 + _HEADER:
        raise BundleError(TOO_LARGE, reason=f"{size} of {limits.bundle} bytes")
    target: BinaryIO
    if size <= _IN_MEMORY:
        target = io.BytesIO()
    else:
        try:
            target = scratch_file(scratch)
        except OSError as error:
            raise BundleError(NO_ROOM, reason=error.strerror or type(error).__name__) from error
    try:
        _decrypt(stream, target, identities)
        target.seek(0)
    except BaseException:
        with suppress(OSError):
            target.close()
        raise
    return target


def scratch_file(scratch: Path | None) -> BinaryIO:
    """A new file for this program only, which is gone when it is closed.

    Args:
        scratch: folder that holds nothing else, made when needed; None for the system's own.

    Raises:
        OSError: when it cannot be made.
    """
    if scratch is not None:
        scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        if sys.platform == "win32":
            clear(scratch)
    return cast(BinaryIO, tempfile.TemporaryFile(dir=scratch))


def clear(scratch: Path) -> None:
    """Nothing; what is in the folder and not in use is gone."""
    for left in scratch.iterdir():
        with suppress(OSError):
            left.unlink()


def encrypt(source: BinaryIO, target: BinaryIO, recipients: Iterable[str]) -> None:
    """Nothing; what ``source`` holds from where it is stands encrypted in ``target``. Takes no memory for its size.

    Raises:
        BundleError: when a recipient is none.
        OSError: when reading or writing fails.
    """
    import pyrage

    reader, writer = _Watched(source), _Watched(target)
    try:
        public = [pyrage.x25519.Recipient.from_str(each) for each in recipients]
    except pyrage.RecipientError as error:
        raise BundleError(SEAL, "seal.json", f"a recipient that is none: {error}") from None
    try:
        pyrage.encrypt_io(reader, writer, public)
    except (pyrage.EncryptError, OSError) as error:
        raise (reader.stopped or writer.stopped or reader.failed or writer.failed or OSError(str(error))) from error


def check_encrypted(stream: BinaryIO, identities: Sequence[str], sha256: str) -> None:
    """Nothing, when ``stream``, an age file from its start, holds what has that SHA-256. Nothing of it is kept.

    Raises:
        BundleError: otherwise.
    """
    digest = _Digest()
    _decrypt(stream, cast(BinaryIO, digest), identities)
    if digest.sha256.hexdigest() != sha256:
        raise BundleError(TORN, reason="it does not read back as written")


def _decrypt(stream: BinaryIO, target: BinaryIO, identities: Sequence[str]) -> None:
    import pyrage

    start = stream.read(_HEADER)
    if not start.startswith(MAGIC) or _FOOT not in start:
        raise BundleError(TORN, reason="its beginning is not that of an encrypted file")
    stream.seek(0)
    reader, writer = _Watched(stream), _Watched(target)
    try:
        pyrage.decrypt_io(reader, writer, [pyrage.x25519.Identity.from_str(each) for each in identities])
    except (pyrage.DecryptError, OSError) as error:
        if stopped := reader.stopped or writer.stopped:
            raise stopped from error
        if reader.failed is not None:
            raise BundleError(CANNOT_READ, reason=reader.failed.strerror or "cannot be read") from error
        if writer.failed is not None:
            raise BundleError(NO_ROOM, reason=writer.failed.strerror or "cannot be written") from error
        # The library has one exception for all of these, and says which in English.
        if "No matching keys" in str(error):
            raise BundleError(CLOSED) from error
        raise BundleError(TORN, reason=str(error)) from error


class _Watched:
    """A stream for the library, which remembers what went wrong with it: the library's own errors do not say."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.failed: OSError | None = None
        self.stopped: BaseException | None = None
        """What is none of the stream's: somebody has pressed Ctrl+C."""

    def read(self, size: int = -1) -> bytes:
        """As of the stream."""
        return self._watched(self._stream.read, size)

    def write(self, data: bytes) -> int:
        """As of the stream."""
        return self._watched(self._stream.write, data)

    def flush(self) -> None:
        """As of the stream."""
        self._watched(self._stream.flush)

    def _watched(self, act: Callable[..., _T], *given: object) -> _T:
        try:
            return act(*given)
        except OSError as error:
            self.failed = error
            raise
        except BaseException as error:
            self.stopped = error
            raise


class _Digest:
    """Takes in what is written and keeps only its SHA-256."""

    def __init__(self) -> None:
        self.sha256 = hashlib.sha256()

    def write(self, data: bytes) -> int:
        """How many bytes: all."""
        self.sha256.update(data)
        return len(data)

    def flush(self) -> None:
        """Nothing."""
