"""Positions as people type and paste them, kept as ODK keeps them: ``latitude longitude altitude accuracy``.

Several points are divided by ``;``. Nothing is converted between map datums: what a map shows is what is kept.
"""

import re
import unicodedata
from decimal import Decimal, InvalidOperation

POINT, TRACE, SHAPE = "geopoint", "geotrace", "geoshape"
MOST_POINTS = 500
"""Points of one line or area."""

_LINK_POINTS = (
    re.compile(r"!3d(-?[0-9.]+)!4d(-?[0-9.]+)"),
    re.compile(r"[@=](-?[0-9]{1,3}\.[0-9]+)(?:,|%2C)(-?[0-9]{1,3}\.[0-9]+)", re.IGNORECASE),
    re.compile(r"/(-?[0-9]{1,3}\.[0-9]+)(?:,|%2C)(-?[0-9]{1,3}\.[0-9]+)", re.IGNORECASE),
)
_LONGITUDE_FIRST = ("amap.com", "gaode.com", "autonavi", "tianditu")
"""Maps whose links and copies say the longitude first."""

_NUMBER = r"[+-]?[0-9]{1,3}(?:\.[0-9]+)?"
_SIDE = r"(?:[NSEW](?![A-Z])|[北南东東西][纬緯经經]?)"
_DEGREES = (
    r"(?P<sign>[+-]?)(?P<d>[0-9]{1,3}(?:\.[0-9]+)?)\s*[°º度]?(?:\s*(?P<m>[0-9]{1,2}(?:\.[0-9]+)?)\s*['’′分]?"
    r"(?:\s*(?P<s>[0-9]{1,2}(?:\.[0-9]+)?)\s*(?:[\"”″秒]|''|’’|′′)?)?)?"
)
_SIDE_FIRST = re.compile(rf"(?P<side>{_SIDE})\s*{_DEGREES}", re.IGNORECASE)
_SIDE_LAST = re.compile(rf"{_DEGREES}\s*(?P<side>{_SIDE})", re.IGNORECASE)
_NO_SIDE = re.compile(rf"(?P<side>){_DEGREES.replace('[°º度]?', '[°º度]')}")
_NAMED = (
    (
        re.compile(rf"(?:lat(?:itude)?|纬度|緯度|北纬|北緯)\s*[:=是为為]?\s*({_NUMBER})(?![0-9°º度])", re.IGNORECASE),
        "lat",
    ),
    (
        re.compile(
            rf"(?:lon(?:g(?:itude)?)?|lng|经度|經度|东经|東經)\s*[:=是为為]?\s*({_NUMBER})(?![0-9°º度])", re.IGNORECASE
        ),
        "lon",
    ),
)
_ALTITUDE = re.compile(
    r"(?:alt(?:itude)?|elevation|ele|海拔|高度|高程)\s*[:=]?\s*([+-]?[0-9]+(?:\.[0-9]+)?)\s*(?:m\b|米)?", re.I
)
_ACCURACY = re.compile(r"(?:acc(?:uracy)?|精度|误差|誤差|±|\+/-)\s*[:=±]?\s*([0-9]+(?:\.[0-9]+)?)\s*(?:m\b|米)?", re.I)
_FOUR = re.compile(
    rf"\s*({_NUMBER})(?:\s*[,，]\s*|\s+)({_NUMBER})(?:[,，\s]+([+-]?[0-9]+(?:\.[0-9]+)?)\s*(?:m\b|米)?)?"
    r"(?:[,，\s]+([0-9]+(?:\.[0-9]+)?)\s*(?:m\b|米)?)?\s*\Z",
    re.IGNORECASE,
)


def positions_of(kind: str, text: str) -> str:
    """The point, line or area that ``text`` means: ``22.3193, 114.1694``, degrees and minutes, pasted from a map.

    An area ends where it begins; the last point is added where it is missing.

    Raises:
        ValueError: when it is none. The message is ``point``, ``few`` (too few points) or ``many``.
    """
    pieces = [text] if kind == POINT else re.split(r"[;；\n|]", text)
    points = [point_of(piece) for piece in pieces if piece.strip()]
    if not points:
        raise ValueError("point")
    if kind == SHAPE and len(points) > 2 and points[0] != points[-1]:
        points.append(points[0])
    if len(points) < {POINT: 1, TRACE: 2, SHAPE: 4}.get(kind, 1):
        raise ValueError("few")
    if len(points) > MOST_POINTS:
        raise ValueError("many")
    return ";".join(points)


def point_of(text: str) -> str:
    """One point as it is kept.

    Raises:
        ValueError: when it is none.
    """
    typed = unicodedata.normalize("NFKC", text).replace("−", "-").strip()
    altitude, accuracy = _said(_ALTITUDE, typed), _said(_ACCURACY, typed)
    bare = _ACCURACY.sub(" ", _ALTITUDE.sub(" ", typed)).strip(" ,，()（）")
    pair = _from_link(typed) or _from_names(bare)
    if pair is None and (four := _FOUR.match(bare)) is not None:
        pair = four[1], four[2]
        altitude, accuracy = altitude or four[3] or "0", accuracy or four[4] or "0"
    if pair is None:
        pair = _from_degrees(bare)
    latitude, longitude = pair
    if abs(Decimal(latitude)) > 90 and abs(Decimal(longitude)) <= 90:
        latitude, longitude = longitude, latitude  # said the other way round, as Chinese maps do
    if abs(Decimal(latitude)) > 90 or abs(Decimal(longitude)) > 180:
        raise ValueError("point")
    return " ".join(_number(each or "0") for each in (latitude, longitude, altitude, accuracy))


def shown_positions(value: str) -> str:
    """A point, line or area as people read it: ``22.3193, 114.1694``, with altitude and accuracy where they are said;
    text that is none stays as it is."""
    shown = []
    for point in value.split(";"):
        parts = point.split()
        if not 2 <= len(parts) <= 4:
            return value
        said = f"{parts[0]}, {parts[1]}"
        said += f", {parts[2]} m" if parts[2:] and parts[2] not in ("0", "0.0") else ""
        said += f" ±{parts[3]} m" if parts[3:] and parts[3] not in ("0", "0.0") else ""
        shown.append(said)
    return "; ".join(shown)


def _said(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[1] if match is not None else ""


def _from_link(text: str) -> tuple[str, str] | None:
    if "://" not in text and "www." not in text:
        return None
    for pattern in _LINK_POINTS:
        if (found := pattern.search(text)) is not None:
            turned = any(each in text.casefold() for each in _LONGITUDE_FIRST)
            return (found[2], found[1]) if turned else (found[1], found[2])
    raise ValueError("point")


def _from_names(text: str) -> tuple[str, str] | None:
    found = {name: match[1] for pattern, name in _NAMED if (match := pattern.search(text)) is not None}
    return (found["lat"], found["lon"]) if len(found) == 2 else None


def _from_degrees(text: str) -> tuple[str, str]:
    for pattern in (_SIDE_FIRST, _SIDE_LAST, _NO_SIDE):
        parts = list(pattern.finditer(text))
        if len(parts) != 2 or pattern.sub("", text).strip(" ,，;/"):
            continue
        sides = [part["side"][:1].upper() for part in parts]
        plain = [_negative(_decimal(part)) if side in tuple("S南W西") else _decimal(part)
                 for part, side in zip(parts, sides, strict=True)]  # fmt: skip
        if all(side in tuple("NS北南") for side in sides) or all(side in tuple("EW东東西") for side in sides):
            break
        return (plain[1], plain[0]) if sides[0] in tuple("EW东東西") else (plain[0], plain[1])
    raise ValueError("point")


def _decimal(part: re.Match[str]) -> str:
    minutes, seconds = Decimal(part["m"] or 0), Decimal(part["s"] or 0)
    if minutes >= 60 or seconds >= 60:
        raise ValueError("point")
    whole = Decimal(part["d"]) + minutes / 60 + seconds / 3600
    return _negative(_number(str(whole))) if part["sign"] == "-" else _number(str(whole))


def _negative(number: str) -> str:
    return number if number.startswith("-") or number == "0" else f"-{number}"


def _number(text: str) -> str:
    """A plain decimal of at most 8 decimals (a millimetre), without zeros at its end."""
    try:
        number = Decimal(text).quantize(Decimal("0.00000001")).normalize()
    except InvalidOperation:
        raise ValueError("point") from None
    plain = f"{number:f}"
    return "0" if plain == "-0" else plain
