"""Text as bytes for other programs: digests, base64, and content that somebody has signed (Ed25519, RFC 8032).

``extract-signed`` is checked with whole numbers, because the values know no library: some milliseconds for each text,
which is little for what a person scans once. Nothing secret is ever computed here.
"""

from functools import cache, lru_cache
from typing import NamedTuple

ALGORITHMS = {"MD5": "md5", "SHA1": "sha1", "SHA256": "sha256", "SHA384": "sha384", "SHA512": "sha512"}
"""Name in ``digest``, without hyphens -> name in ``hashlib``."""


def digest(text: str, algorithm: str, encoding: str = "base64") -> str | None:
    """The digest of a text in UTF-8, in ``base64`` or ``hex``; None when there is no such algorithm or encoding."""
    import base64
    import hashlib

    name, encoding = ALGORITHMS.get(algorithm.upper().replace("-", "")), encoding.lower()
    if name is None or encoding not in ("base64", "hex"):
        return None
    found = hashlib.new(name, text.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()
    return found.hex() if encoding == "hex" else base64.b64encode(found).decode()


def from_base64(text: str) -> bytes | None:
    """The bytes that a base64 text stands for, None when it is none; spaces, line breaks, missing ``=`` are let go."""
    import base64

    plain = "".join(text.split()).rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except ValueError:
        return None


def decoded(text: str) -> str | None:
    """The text in UTF-8 that a base64 text stands for; None when it is none."""
    found = from_base64(text)
    try:
        return None if found is None else found.decode()
    except UnicodeDecodeError:
        return None


def signed_content(contents: str, public_key: str) -> str | None:
    """What was signed, when the key's owner has signed it; None otherwise.

    Both are base64: ``contents`` is the signature of 64 bytes and the text after it, the key has 32 bytes.
    """
    data, key = from_base64(contents), from_base64(public_key)
    if data is None or key is None or len(data) < 64 or not verifies(key, data[:64], data[64:]):
        return None
    try:
        return data[64:].decode()
    except UnicodeDecodeError:
        return None


_P = 2**255 - 19
"""Coordinates are counted modulo this prime."""
_L = 2**252 + 27742317777372353535851937790883648493
"""Order of the base point."""


class _Point(NamedTuple):
    """A point of the curve in extended coordinates: x = X/Z, y = Y/Z, T = XY/Z."""

    x: int
    y: int
    z: int
    t: int


@cache
def _curve() -> int:
    """The constant d of the curve."""
    return -121665 * pow(121666, -1, _P) % _P


def _sum(one: _Point, other: _Point) -> _Point:
    a = (one.y - one.x) * (other.y - other.x) % _P
    b = (one.y + one.x) * (other.y + other.x) % _P
    c = 2 * one.t * other.t * _curve() % _P
    d = 2 * one.z * other.z % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return _Point(e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _times(number: int, point: _Point) -> _Point:
    found = _Point(0, 1, 1, 0)
    while number:
        if number & 1:
            found = _sum(found, point)
        point = _sum(point, point)
        number >>= 1
    return found


def _same(one: _Point, other: _Point) -> bool:
    return (one.x * other.z - other.x * one.z) % _P == 0 and (one.y * other.z - other.y * one.z) % _P == 0


def _point(data: bytes) -> _Point | None:
    """The point that 32 bytes stand for (RFC 8032, 5.1.3), None when they stand for none."""
    y = int.from_bytes(data, "little")
    odd, y = y >> 255, y & ((1 << 255) - 1)
    if len(data) != 32 or y >= _P:
        return None
    square = (y * y - 1) * pow(_curve() * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * pow(2, (_P - 1) // 4, _P) % _P
    if (x * x - square) % _P or (x == 0 and odd):
        return None
    if x & 1 != odd:
        x = _P - x
    return _Point(x, y, 1, x * y % _P)


@cache
def _base() -> _Point:
    found = _point((4 * pow(5, -1, _P) % _P).to_bytes(32, "little"))
    assert found is not None
    return found


@lru_cache(maxsize=64)
def verifies(key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether ``signature`` is the key owner's over ``message`` (Ed25519; RFC 8032, 5.1.7)."""
    import hashlib

    if len(signature) != 64:
        return False
    owner, shown = _point(key), _point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if owner is None or shown is None or s >= _L:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % _L
    return _same(_times(s, _base()), _sum(shown, _times(challenge, owner)))
