"""Points, lines and areas on a sphere, out of texts such as ``22.3 114.2 0 5;22.4 114.3 0 5``."""

import math
from collections.abc import Sequence
from itertools import pairwise

RADIUS = 6_378_100.0
"""Metres, as other programs of this field have it, so that the same traces give the same areas."""

Points = list[tuple[float, float]]
"""Latitude and longitude in degrees."""


def points(texts: Sequence[str]) -> Points | None:
    """The points of one trace, or of single points; None when a text is no point on earth."""
    found: Points = []
    for text in texts:
        for part in text.strip().strip(";").split(";"):
            try:
                latitude, longitude, *_ = (float(number) for number in part.split())
            except ValueError:
                return None
            if not (abs(latitude) <= 90 and abs(longitude) <= 180):
                return None
            found.append((latitude, longitude))
    return found


def distance(line: Points) -> float:
    """Metres along the line."""
    return math.fsum(_between(one, other) for one, other in pairwise(line))


def _between(one: tuple[float, float], other: tuple[float, float]) -> float:
    first, second = math.radians(one[0]), math.radians(other[0])
    turn = math.radians(other[1] - one[1])
    half = math.sin((second - first) / 2) ** 2 + math.cos(first) * math.cos(second) * math.sin(turn / 2) ** 2
    return 2 * RADIUS * math.asin(min(1.0, math.sqrt(half)))


def area(outline: Points) -> float:
    """Square metres inside the outline, which is closed if it is not yet; 0 for fewer than three points."""
    if len(outline) < 3:
        return 0.0
    total = math.fsum(
        math.radians(other[1] - one[1]) * (2 + math.sin(math.radians(one[0])) + math.sin(math.radians(other[0])))
        for one, other in pairwise([*outline, outline[0]])
    )
    return abs(total) * RADIUS**2 / 2


def inside(point: tuple[float, float], outline: Points) -> bool:
    """Whether the point lies inside the outline, by counting the borders east of it."""
    within = False
    for (lat, lon), (next_lat, next_lon) in pairwise([*outline, *outline[:1]]):
        if (lat > point[0]) != (next_lat > point[0]) and point[1] < lon + (point[0] - lat) / (next_lat - lat) * (
            next_lon - lon
        ):
            within = not within
    return within


MOST_LOOKS = 300_000
"""Most pairs of parts of a line that are looked at, less than a second."""


def crosses(line: Points) -> bool | None:
    """Whether the line, or the border of a closed one, crosses or touches itself anywhere but where its parts join.

    None when it is too long and winding to be told in bounded time.
    """
    parts = [(one, other) for one, other in pairwise(line) if one != other]
    # The parts are taken along the side on which the line is longer, so that few of them lie beside each other.
    along, across = (0, 1) if _extent([point[0] for point in line]) >= _extent([point[1] for point in line]) else (1, 0)
    ends = [(*sorted((one[along], two[along])), *sorted((one[across], two[across]))) for one, two in parts]
    closed = len(parts) > 2 and parts[0][0] == parts[-1][1]
    beside: list[int] = []
    looks = 0
    for at in sorted(range(len(parts)), key=ends.__getitem__):
        begins, _, low, high = ends[at]
        # Only parts that reach as far as this one begins can meet it.
        beside = [other for other in beside if ends[other][1] >= begins]
        looks += len(beside)
        if looks > MOST_LOOKS:
            return None
        for other in beside:
            if ends[other][2] > high or ends[other][3] < low:
                continue
            apart = abs(at - other)
            if apart == 1 or (closed and apart == len(parts) - 1):
                continue
            if _meet(*parts[at], *parts[other]):
                return True
        beside.append(at)
    return False


def _extent(numbers: list[float]) -> float:
    return max(numbers) - min(numbers) if numbers else 0.0


Point = tuple[float, float]


def _meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether the lines from a to b and from c to d have a point in common."""
    one, two, three, four = _turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b)
    if one * two < 0 and three * four < 0:
        return True
    return any(
        turn == 0 and _between_ends(ends, point)
        for turn, ends, point in ((one, (a, b), c), (two, (a, b), d), (three, (c, d), a), (four, (c, d), b))
    )


def _turn(a: Point, b: Point, c: Point) -> float:
    """Positive when c lies to one side of the line through a and b, negative on the other, 0 on it."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _between_ends(ends: tuple[Point, Point], point: Point) -> bool:
    return all(min(one, other) <= at <= max(one, other) for one, other, at in zip(*ends, point, strict=True))
