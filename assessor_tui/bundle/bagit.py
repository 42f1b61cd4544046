"""The tag files that make an unzipped bundle a valid BagIt 1.0 bag (RFC 8493)."""

import re
from collections.abc import Iterable, Mapping

BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

_LINE = re.compile(rb"([0-9a-f]{64})  ([!-~]{1,400})\n")


def manifest(digests: Iterable[tuple[str, str]]) -> bytes:
    """The lines of a manifest: SHA-256 in hexadecimal, two spaces, name.

    Args:
        digests: (name, SHA-256) in the order of the archive.
    """
    return "".join(f"{digest}  {name}\n" for name, digest in digests).encode("ascii")


def read_manifest(data: bytes) -> dict[str, str]:
    """Name -> SHA-256, in order.

    Raises:
        ValueError: when a byte is not in its place, or a name stands twice.
    """
    found: dict[str, str] = {}
    at = 0
    while at < len(data):
        match = _LINE.match(data, at)
        if match is None:
            raise ValueError(f"line {len(found) + 1} is not a digest and a name")
        name = match[2].decode("ascii")
        if name in found:
            raise ValueError(f"line {len(found) + 1} names a part again")
        found[name] = match[1].decode("ascii")
        at = match.end()
    return found


def bag_info(app: str, visit: str, sizes: Mapping[str, int]) -> bytes:
    """``bag-info.txt``. No date: the same content gives the same bytes.

    Args:
        app: program and version.
        visit: id of the visit.
        sizes: payload part -> bytes.
    """
    return (
        f"Bag-Software-Agent: {app}\nExternal-Identifier: {visit}\nPayload-Oxum: {sum(sizes.values())}.{len(sizes)}\n"
    ).encode()
