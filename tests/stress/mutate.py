"""Bundles changed at random: each is refused with ``BundleError``, whatever was done to it."""

import hashlib
import io
import random
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from assessor_tui.bundle import crypt
from assessor_tui.bundle.archive import LIMITS
from assessor_tui.bundle.error import BundleError
from assessor_tui.bundle.read import Bundle, read_bundle
from tests.bundle_samples import IDENTITY, RECIPIENT, relayed, small_bundle, write_signed

GOLDEN = Path(__file__).parents[1] / "golden"
LARGE = 20_000
"""Bytes from which on a sample is seldom changed: reading it takes long."""
PROCESSES = 2


class Outcome(NamedTuple):
    """What came of all changed bundles."""

    tried: int
    refused: int
    same: int
    """Changes that left the bundle as it was."""
    accepted: tuple[str, ...]
    """Changed bundles that were taken for good."""
    crashed: tuple[str, ...]
    """Changed bundles on which something else than ``BundleError`` was raised."""


def samples(folder: Path) -> list[bytes]:
    """The bundles that are changed: small ones with one of everything, one of each purpose, encrypted ones, shipped
    ones that are not large."""
    found = [small_bundle(folder).read_bytes(), write_signed(folder, relayed()).path.read_bytes()]
    found.append(write_signed(folder, relayed(recipients=(RECIPIENT,))).path.read_bytes())
    found += [path.read_bytes() for path in sorted(GOLDEN.glob("bundle-*"))]
    shipped = sorted((Path(__file__).parents[2] / "sample_sites").glob("*/bundles/*.zip"))
    return [*found, *(data for data in (path.read_bytes() for path in shipped) if len(data) < 100_000)]


def read(data: bytes) -> Bundle:
    """The bundle, decrypted when it is encrypted."""
    if not data.startswith(crypt.MAGIC):
        return read_bundle(io.BytesIO(data), len(data), "changed.zip")
    clear = crypt.decrypted(io.BytesIO(data), len(data), [IDENTITY], None, LIMITS)
    size = clear.seek(0, io.SEEK_END)
    return read_bundle(clear, size, "changed.zip", readers=frozenset((RECIPIENT,)))


def changed(data: bytes, others: Sequence[bytes], chance: random.Random) -> tuple[str, bytes]:
    """What was done, and what is left of ``data``."""
    at = chance.randrange(len(data))
    length = min(chance.choice((1, 2, 4, 16, 64, 500)), len(data) - at)
    how = chance.choice(("bit", "bytes", "cut", "drop", "double", "insert", "swap", "zero", "splice", "field"))
    piece = data[at : at + length]
    if how == "bit":
        new = data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]
    elif how == "bytes":
        new = data[:at] + chance.randbytes(length) + data[at + length :]
    elif how == "cut":
        new = data[:at]
    elif how == "drop":
        new = data[:at] + data[at + length :]
    elif how == "double":
        new = data[: at + length] + piece + data[at + length :]
    elif how == "insert":
        new = data[:at] + chance.randbytes(length) + data[at:]
    elif how == "swap":
        to = chance.randrange(len(data) - length + 1)
        kept = bytearray(data)
        kept[at : at + length], kept[to : to + length] = data[to : to + length], piece
        new = bytes(kept)
    elif how == "zero":
        new = data[:at] + bytes(length) + data[at + length :]
    elif how == "splice":
        other = chance.choice(others)
        new = data[:at] + other[chance.randrange(len(other)) :]
    else:
        # A number of a header, set to one of those that programs trip over.
        number = chance.choice((0, 1, 0x7F, 0xFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)).to_bytes(4, "little")
        new = data[:at] + number + data[at + 4 :]
    return f"{how} {length} at {at}", new


def mutate(times: int, seed: int) -> Outcome:
    """What comes of ``times`` changed bundles, some of them changed several times."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        originals = samples(Path(folder))
    small = [data for data in originals if len(data) < LARGE]
    refused = same = 0
    accepted: list[str] = []
    crashed: list[str] = []
    for number in range(times):
        # Small bundles are read quickly, so they are changed more often.
        data = chance.choice(small if chance.random() < 0.9 else originals)
        done, new = [], data
        for _ in range(chance.choice((1, 1, 1, 2, 5))):
            how, new = changed(new or data, originals, chance)
            done.append(how)
        name = f"number {number}: {', '.join(done)}"
        if new in originals:
            same += 1
            continue
        try:
            with read(new) as bundle:
                digest = hashlib.sha256(repr(list(bundle.entries())).encode()).hexdigest()
            accepted.append(f"{name} ({digest[:8]})")
        except BundleError as error:
            refused += 1
            if "{" in str(error) or not str(error):
                crashed.append(f"{name}: no sentence")
        except Exception as error:
            crashed.append(f"{name}: {type(error).__name__}")
    return Outcome(times, refused, same, tuple(accepted), tuple(crashed))


def mutate_beside(times: int, seed: int, processes: int = PROCESSES) -> Outcome:
    """As ``mutate``, in several processes; each changes its own part."""
    each = -(-times // processes)
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        told = list(pool.map(mutate, [each] * processes, range(seed, seed + processes)))
    return Outcome(
        sum(part.tried for part in told),
        sum(part.refused for part in told),
        sum(part.same for part in told),
        tuple(name for part in told for name in part.accepted),
        tuple(name for part in told for name in part.crashed),
    )
