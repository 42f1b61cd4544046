"""A segment's lines as entries, each checked before it is given out."""

from collections.abc import Iterable, Iterator

from assessor_tui.bundle import canonical
from assessor_tui.bundle.error import LIMIT, LINE, BundleError
from assessor_tui.bundle.seal import SegmentSeal
from assessor_tui.ledger.entry import MAX_LINE, Entry, LineError, from_data, line_hasher

Item = tuple[str, Entry, bytes]
"""Hash, entry, line: what ``Store.add`` takes."""


def head(visit: str, device: str) -> bytes:
    """A segment's first line, without its line end."""
    return canonical.dump({"device": device, "visit": visit})


def split(pieces: Iterable[bytes], name: str) -> Iterator[bytes]:
    """The lines of a part, without their line ends; holds one piece and one line at a time.

    Raises:
        BundleError: when a line is longer than ``MAX_LINE`` or the last one has no end.
    """
    rest = b""
    number = 0
    for piece in pieces:
        lines = (rest + piece).split(b"\n")
        rest = lines.pop()
        number += len(lines)
        yield from lines
        if len(rest) > MAX_LINE:
            raise BundleError(LINE, name, "line too long", line=number + 1)
    if rest:
        raise BundleError(LINE, name, "the last line has no end", line=number + 1)


def read_segment(lines: Iterable[bytes], segment: SegmentSeal, name: str) -> Iterator[Item]:
    """(hash, entry, line) for each line after the head, in order; numbers and ``prev`` unbroken, ends as sealed.

    Args:
        lines: the part's lines, without line ends.
        segment: what the seal says of it.
        name: of the part, for the error.

    Raises:
        BundleError: at the first line that is not the entry which must stand there.
    """
    visit, device, seq, prev = segment.visit, segment.device, segment.begin, segment.prev
    hashed = line_hasher(visit, device)
    number = 0
    for number, line in enumerate(lines, 1):
        if number == 1:
            if line != head(visit, device):
                raise BundleError(LINE, name, "not the head of the sealed segment", line=1)
            continue
        if len(line) > MAX_LINE:
            raise BundleError(LINE, name, "line too long", line=number)
        try:
            entry = from_data(canonical.load(line), line, visit, device, spelled=True)
        except LineError as error:
            raise BundleError(LINE, name, error.reason, line=number) from None
        except ValueError as error:
            raise BundleError(LINE, name, str(error), line=number) from None
        if entry.seq != seq:
            raise BundleError(LINE, name, f"number {entry.seq} where {seq} must stand", line=number)
        if entry.prev != prev:
            raise BundleError(LINE, name, "not chained to the entry before it", line=number)
        prev = hashed(line)
        seq += 1
        yield prev, entry, line
    if seq != segment.end + 1 or prev != segment.last:
        raise BundleError(LINE, name, "the segment does not end as sealed", line=number)


class Places:
    """Where each entry of a bundle stands, so that ``replaces`` can be held to the same visit, form and path."""

    def __init__(self, limit: int) -> None:
        self._places: dict[str, int] = {}
        self._left = limit

    def add(self, digest: str, entry: Entry, name: str, line: int) -> None:
        """Takes the entry in.

        Raises:
            BundleError: when it replaces an entry of another place, or another entry said of it that it does.
        """
        # Keyed by hash alone, and a place kept as one number: 200,000 entries fit in 40 MB. Whichever of entry and
        # reference comes first states the place; the other must agree.
        place = (entry.visit, entry.form, entry.path)
        known = self._places
        mine = hash((place, entry.device, entry.seq))
        if known.setdefault(digest, mine) != mine:
            raise BundleError(LINE, name, "another entry replaces this one from another place", line=line)
        for reference in entry.replaces:
            self._left -= 1
            theirs = hash((place, reference[:32], int(reference[33:-33])))
            if known.setdefault(reference[-32:], theirs) != theirs:
                raise BundleError(LINE, name, "replaces an entry of another place", line=line)
        if self._left < 0:
            raise BundleError(LIMIT, name, "too many replaced entries")
