"""A segment's lines as entries, each checked before it is given out."""

from collections.abc import Iterable, Iterator
from itertools import repeat

from assessor_tui.bundle import canonical
from assessor_tui.bundle.error import LIMIT, LINE, BundleError
from assessor_tui.bundle.seal import SegmentSeal
from assessor_tui.ledger.entry import MAX_LINE, LineError, from_data, hash_line, hash_lines
from assessor_tui.ledger.run import Item, Run, read_run


def head(visit: str, device: str) -> bytes:
    """A segment's first line, without its line end."""
    return canonical.dump({"device": device, "visit": visit})


def split(pieces: Iterable[bytes], name: str) -> Iterator[list[bytes]]:
    """The lines of a part, without their line ends, as many at a time as a piece completes; holds one piece.

    Raises:
        BundleError: when a line is longer than ``MAX_LINE`` or the last one has no end.
    """
    rest = b""
    number = 0
    for piece in pieces:
        lines = (rest + piece).split(b"\n")
        rest = lines.pop()
        number += len(lines)
        if lines:
            yield lines
        if len(rest) > MAX_LINE:
            raise BundleError(LINE, name, "line too long", line=number + 1)
    if rest:
        raise BundleError(LINE, name, "the last line has no end", line=number + 1)


def read_segment(runs: Iterable[list[bytes]], segment: SegmentSeal, name: str) -> Iterator[Run]:
    """The entries after the head, in order, some at a time; numbers and ``prev`` unbroken, ends as sealed.

    Args:
        runs: the part's lines, without line ends, as ``split`` gives them.
        segment: what the seal says of it.
        name: of the part, for the error.

    Raises:
        BundleError: at the first line that is not the entry which must stand there.
    """
    seq, prev = segment.begin, segment.prev
    number = 0
    for lines in runs:
        if number == 0:
            if lines[0] != head(segment.visit, segment.device):
                raise BundleError(LINE, name, "not the head of the sealed segment", line=1)
            number, lines = 1, lines[1:]
        if lines:
            run = _run(lines, segment, seq, prev) or _one_by_one(lines, segment, seq, prev, name, number + 1)
            yield run
            number += len(lines)
            seq, prev = seq + len(lines), run.hashes[-1].hex()
    if seq != segment.end + 1 or prev != segment.last:
        raise BundleError(LINE, name, "the segment does not end as sealed", line=number)


def _run(lines: list[bytes], segment: SegmentSeal, seq: int, prev: str) -> Run | None:
    """The entries of neighbouring lines; None when one of them may not be what must stand there."""
    if max(map(len, lines)) > MAX_LINE:
        return None
    data = canonical.load_lines(lines)
    if data is None:
        return None
    visit, device = segment.visit, segment.device
    # No mapping in a list, which ``load_lines`` asks for, is one of the rules that an entry keeps.
    return read_run(data, lines, hash_lines(visit, device, lines), visit, device, seq, prev)


def _one_by_one(lines: list[bytes], segment: SegmentSeal, seq: int, prev: str, name: str, number: int) -> Run:
    """The entries of neighbouring lines, the first of them line ``number`` of the part; errors as ``read_segment``."""
    visit, device = segment.visit, segment.device
    items: list[Item] = []
    for number, line in enumerate(lines, number):  # noqa: B020
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
        seq, prev = seq + 1, hash_line(visit, device, line)
        items.append((prev, entry, line))
    return Run.of(items)


class Places:
    """Where each entry of a bundle stands, so that ``replaces`` can be held to the same visit, form and path."""

    def __init__(self, limit: int) -> None:
        self._places: dict[bytes, int] = {}
        self._left = limit

    def add(self, run: Run, name: str, line: int) -> None:
        """Takes neighbouring entries in, the first of them line ``line`` of the part ``name``.

        Raises:
            BundleError: when one replaces an entry of another place, or another entry said of it that it does.
        """
        # Keyed by hash alone, and a place kept as one number: 200,000 entries fit in 40 MB. Whichever of entry and
        # reference comes first states the place; the other must agree.
        known = self._places
        where = zip(repeat(run.visit), run.forms, run.paths, repeat(run.device), run.seqs)
        mine = dict(zip(run.hashes, map(hash, where), strict=True))
        if known.keys().isdisjoint(mine):
            known.update(mine)
        else:
            for number, (raw, place) in enumerate(mine.items(), line):
                if known.setdefault(raw, place) != place:
                    raise BundleError(LINE, name, "another entry replaces this one from another place", line=number)
        if not any(run.replaces):
            return
        for number, (form, path, replaces) in enumerate(zip(run.forms, run.paths, run.replaces, strict=True), line):
            for reference in replaces:
                self._left -= 1
                theirs = hash((run.visit, form, path, reference[:32], int(reference[33:-33])))
                if known.setdefault(bytes.fromhex(reference[-32:]), theirs) != theirs:
                    raise BundleError(LINE, name, "replaces an entry of another place", line=number)
            if self._left < 0:
                raise BundleError(LIMIT, name, "too many replaced entries")
