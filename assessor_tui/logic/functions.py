"""The functions of the expression language: how many arguments each takes, as what it sees them, what it does.

``arguments`` has one letter per argument, the last one standing for all further ones: ``t`` text, ``n`` number,
``b`` truth, ``v`` value as it is, ``s`` list of nodes, ``l`` not evaluated yet (a closure; the function decides).
"""

import math
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

from assessor_tui.logic import geo
from assessor_tui.logic.values import (
    NAN,
    Closure,
    Day,
    Node,
    Result,
    Scope,
    day_text,
    rounded,
    text_to_number,
    to_boolean,
    to_day,
    to_number,
    to_text,
)


class Function(NamedTuple):
    """One function."""

    run: Callable[..., Any]
    least: int
    most: int
    arguments: str = "v"
    result: str = "v"
    """What comes back: ``t``, ``n``, ``b``, ``s`` or ``v``, as for arguments."""
    scoped: bool = False
    """True when it is given the scope before its arguments."""
    volatile: bool = False
    """True when it gives something else on another day, seed or device."""
    own: bool = False
    """True when it reads the value of the node that it stands at."""
    of_node: bool = False
    """True when it does so without arguments only."""


MANY = 10_000
"""Most arguments of a function that takes any number of them."""


def _numbers(values: Sequence[Result]) -> list[float]:
    """The numbers among values; blanks are skipped, what is no number stays NaN."""
    found: list[float] = []
    for value in values:
        if isinstance(value, list):
            found.extend(text_to_number(node.value) for node in value if node.value)
        elif value != "":
            found.append(to_number(value))
    return found


def _texts(values: Sequence[Result]) -> list[str]:
    found: list[str] = []
    for value in values:
        if isinstance(value, list):
            found.extend(node.value for node in value)
        else:
            found.append(to_text(value))
    return found


def _sum(*values: Result) -> float:
    # fsum adds exactly, so a long column of decimals does not drift.
    numbers = _numbers(values)
    try:
        return math.fsum(numbers)
    except (OverflowError, ValueError):
        return sum(numbers)


def _least(*values: Result) -> float:
    numbers = _numbers(values)
    return NAN if not numbers or any(number != number for number in numbers) else min(numbers)


def _most(*values: Result) -> float:
    numbers = _numbers(values)
    return NAN if not numbers or any(number != number for number in numbers) else max(numbers)


def _if(scope: Scope, test: Closure, then: Closure, otherwise: Closure) -> Result:
    result: Result = then(scope) if to_boolean(test(scope)) else otherwise(scope)
    return result


def _coalesce(scope: Scope, *closures: Closure) -> Result:
    result: Result = ""
    for closure in closures:
        result = closure(scope)
        if to_text(result):
            break
    return result


def _once(scope: Scope, closure: Closure) -> Result:
    if scope.node.value:
        return scope.node.value
    result: Result = closure(scope)
    return result


def _position(scope: Scope, *nodes: Sequence[Node]) -> float:
    if not nodes:
        return float(scope.position)
    return float(nodes[0][0].position()) if nodes[0] else NAN


def _substr(text: str, start: float, end: float = math.inf) -> str:
    if start != start or end != end:
        return ""
    size = len(text)
    first = int(max(-size, min(size, start)))
    last = int(max(-size, min(size, end)))
    return text[first if first >= 0 else first + size : last if last >= 0 else last + size]


def _substring(text: str, start: float, length: float = math.inf) -> str:
    first = math.floor(start + 0.5) if math.isfinite(start) else start
    last = first + (math.floor(length + 0.5) if math.isfinite(length) else length)
    return "".join(letter for at, letter in enumerate(text, 1) if first <= at < last)


def _translate(text: str, old: str, new: str) -> str:
    table: dict[int, str | None] = {}
    for at, letter in enumerate(old):
        table.setdefault(ord(letter), new[at] if at < len(new) else None)
    return text.translate(table)


@cache
def _simple() -> re.Pattern[str]:
    """Patterns without groups and alternatives, with at most one open repetition, at the end: they cannot run away."""
    part = r"(?:\[[^\[\]]+\]|\\[dwsDWS.]|[\w \-:/@])"
    return re.compile(rf"\^?(?:{part}(?:\{{\d{{1,3}}\}})?)*(?:{part}[+*])?\$?\Z")


def _matches(text: str, pattern: str) -> bool:
    """Whether the whole text matches. The pattern comes from a form: bounded in time, and false when it is broken."""
    if len(text) > 2_000 or len(pattern) > 2_000:
        return False
    try:
        if _simple().match(pattern):
            return re.fullmatch(pattern, text) is not None
        import regex  # type: ignore[import-untyped]

        return regex.fullmatch(pattern, text, timeout=0.2) is not None
    except (TimeoutError, ValueError, OverflowError, RecursionError, re.error):
        return False
    except Exception as error:
        if type(error).__module__.startswith(("regex", "_regex")):
            return False
        raise


def _day(value: Result) -> Result:
    """A day out of a text or a number of days; ``""`` when it is none."""
    if isinstance(value, Day):
        return Day(float(math.floor(value.days)))
    if isinstance(value, list):
        value = value[0].value if value else ""
    if isinstance(value, bool):
        return ""
    if isinstance(value, float):
        return Day(float(math.floor(value))) if math.isfinite(value) else ""
    day = to_day(value)
    return Day(float(math.floor(day.days))) if day is not None else ""


def _moment(value: Result) -> Result:
    """A moment out of a text or a number of days; ``""`` when it is none."""
    if isinstance(value, list):
        value = value[0].value if value else ""
    if isinstance(value, bool):
        return ""
    if isinstance(value, float):
        return Day(value, not value.is_integer()) if math.isfinite(value) else ""
    day = value if isinstance(value, Day) else to_day(value)
    return day if day is not None else ""


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _format_date(value: Result, pattern: str) -> str:
    day = _moment(value)
    if not isinstance(day, Day):
        return ""
    text = day_text(Day(math.floor(day.days)))
    if not text:
        return ""
    year, month, date = (int(part) for part in text.split("-"))
    clock = round((day.days - math.floor(day.days)) * 86_400_000)
    hours, minutes, seconds = clock // 3_600_000, clock // 60_000 % 60, clock // 1000 % 60
    parts = {
        "Y": f"{year:04d}", "y": f"{year % 100:02d}", "m": f"{month:02d}", "n": str(month), "b": _MONTHS[month - 1],
        "d": f"{date:02d}", "e": str(date), "H": f"{hours:02d}", "h": str(hours), "M": f"{minutes:02d}",
        "S": f"{seconds:02d}", "3": f"{clock % 1000:03d}", "a": _WEEKDAYS[(math.floor(day.days) + 3) % 7], "%": "%",
    }  # fmt: skip
    return re.sub("%(.)", lambda hit: parts.get(hit[1], hit[0]), pattern)


def _time_of_day(value: str) -> float:
    hit = re.fullmatch(r"(\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?(?:Z|([+-])(\d\d):?(\d\d))?", value.strip())
    if hit is None or int(hit[1]) > 23 or int(hit[2]) > 59 or float(hit[3] or 0) >= 60:
        return NAN
    return (int(hit[1]) * 3600 + int(hit[2]) * 60 + float(hit[3] or 0)) / 86_400


def _decimal_day(value: Result) -> float:
    day = _moment(value)
    return day.days if isinstance(day, Day) else NAN


def _selected_at(text: str, at: float) -> str:
    names = text.split()
    return names[int(at)] if at == at and 0 <= at < len(names) else ""


def _whole(value: Result) -> float:
    number = to_number(value)
    return float(math.trunc(number)) if math.isfinite(number) else number


def _chance(scope: Scope) -> float:
    # The same on every laptop and at every recalculation: it depends on the seed and the place only.
    import hashlib

    digest = hashlib.sha256(f"{scope.world.seed} {scope.world.place(scope.current)}".encode()).digest()
    return int.from_bytes(digest[:7], "big") / 2.0**56


def _randomized(scope: Scope, nodes: Sequence[Node], *seed: Result) -> list[Node]:
    from assessor_tui.logic.shuffle import seed_of, shuffled

    if seed:
        return shuffled(nodes, seed_of(to_text(seed[0]), to_number(seed[0])))
    return shuffled(nodes, int(_chance(scope) * 2.0**31))


def _uuid(scope: Scope, length: float = NAN) -> str:
    import hashlib

    text = hashlib.sha256(f"uuid {scope.world.seed} {scope.world.place(scope.current)}".encode()).hexdigest()
    if length == length:
        return text[: int(max(0, min(64, length)))]
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:32]}"


def _digest(text: str, algorithm: str, encoding: str = "base64") -> str:
    import base64
    import hashlib

    name = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}.get(algorithm)
    if name is None:
        return ""
    digest = hashlib.new(name, text.encode(), usedforsecurity=False).digest()
    return digest.hex() if encoding == "hex" else base64.b64encode(digest).decode()


def _decoded(text: str) -> str:
    import base64

    try:
        return base64.b64decode(text, validate=True).decode()
    except ValueError:
        return ""


def _checked(values: Sequence[Result]) -> int:
    """How many hold; each node of a list counts by itself."""
    count = 0
    for value in values:
        if isinstance(value, list):
            count += sum(1 for node in value if text_to_number(node.value) == 1 or node.value == "true")
        elif to_boolean(value) and value != "":
            count += 1
    return count


def _checklist(least: float, most: float, *values: Result) -> bool:
    count = _checked(values)
    return (least < 0 or count >= least) and (most < 0 or count <= most)


def _weighted_checklist(least: float, most: float, *pairs: Result) -> bool:
    total = sum(to_number(pairs[at + 1]) for at in range(0, len(pairs) - 1, 2) if _checked(pairs[at : at + 1]))
    return (least < 0 or total >= least) and (most < 0 or total <= most)


def _joined(separator: str, *values: Result) -> str:
    return separator.join(_texts(values))


def _area(*values: Result) -> float:
    outline = geo.points(_texts(values))
    return NAN if outline is None else geo.area(outline)


def _distance(*values: Result) -> float:
    line = geo.points(_texts(values))
    return NAN if line is None else geo.distance(line)


def _geofence(point: str, outline: str) -> bool:
    points, around = geo.points([point]), geo.points([outline])
    return points is not None and around is not None and geo.inside(points[0], around)


def _safely(function: Callable[..., float]) -> Callable[..., float]:
    """The function of the standard library, with NaN where that one raises."""

    def run(*numbers: float) -> float:
        try:
            return function(*numbers)
        except OverflowError:
            return math.inf
        except (ValueError, ZeroDivisionError):
            return NAN

    return run


def _logarithm(base: Callable[[float], float]) -> Callable[[float], float]:
    def run(number: float) -> float:
        if number == 0:
            return -math.inf
        return base(number) if number > 0 else NAN

    return run


def _turn(number: float, places: float = 0.0) -> float:
    return rounded(number, int(places)) if math.isfinite(places) else NAN


def _own_text(function: Callable[[str], Any]) -> Callable[..., Any]:
    """The function of a text, which without arguments is the value where the expression stands."""

    def run(scope: Scope, *texts: str) -> Any:
        return function(texts[0] if texts else scope.node.value)

    return run


def _nodes_name(scope: Scope, *nodes: Sequence[Node]) -> str:
    if not nodes:
        return scope.node.name
    return nodes[0][0].name if nodes[0] else ""


def _last_name(scope: Scope, *nodes: Sequence[Node]) -> str:
    return _nodes_name(scope, *nodes).rpartition(":")[2]


def _row_id(scope: Scope, *nodes: Sequence[Node]) -> str:
    if nodes:
        return scope.world.row_id(nodes[0][0]) if nodes[0] else ""
    return scope.world.row_id(scope.node)


FUNCTIONS: dict[str, Function] = {
    "abs": Function(abs, 1, 1, "n", "n"),
    "acos": Function(_safely(math.acos), 1, 1, "n", "n"),
    "area": Function(_area, 1, MANY, "v", "n"),
    "asin": Function(_safely(math.asin), 1, 1, "n", "n"),
    "atan": Function(math.atan, 1, 1, "n", "n"),
    "atan2": Function(math.atan2, 2, 2, "n", "n"),
    "base64-decode": Function(_decoded, 1, 1, "t", "t"),
    "boolean": Function(lambda value: value, 1, 1, "b", "b"),
    "boolean-from-string": Function(lambda text: text in ("true", "1"), 1, 1, "t", "b"),
    "ceiling": Function(lambda n: float(math.ceil(n)) if math.isfinite(n) else n, 1, 1, "n", "n"),
    "checklist": Function(_checklist, 3, MANY, "nnv", "b"),
    "coalesce": Function(_coalesce, 2, MANY, "l", "v", scoped=True),
    "concat": Function(lambda *values: "".join(_texts(values)), 0, MANY, "v", "t"),
    "contains": Function(lambda text, part: part in text, 2, 2, "t", "b"),
    "cos": Function(_safely(math.cos), 1, 1, "n", "n"),
    "count": Function(lambda nodes: float(len(nodes)), 1, 1, "s", "n"),
    "count-non-empty": Function(lambda nodes: float(sum(1 for n in nodes if n.value)), 1, 1, "s", "n"),
    "count-selected": Function(lambda text: float(len(text.split())), 1, 1, "t", "n"),
    "date": Function(_day, 1, 1, "v", "v"),
    "date-time": Function(_moment, 1, 1, "v", "v"),
    "decimal-date-time": Function(_decimal_day, 1, 1, "v", "n"),
    "decimal-time": Function(_time_of_day, 1, 1, "t", "n"),
    "digest": Function(_digest, 2, 3, "t", "t"),
    "distance": Function(_distance, 1, MANY, "v", "n"),
    "ends-with": Function(lambda text, part: text.endswith(part), 2, 2, "t", "b"),
    "exp": Function(_safely(math.exp), 1, 1, "n", "n"),
    "exp10": Function(_safely(lambda n: 10.0**n), 1, 1, "n", "n"),
    "false": Function(lambda: False, 0, 0, "", "b"),
    "floor": Function(lambda n: float(math.floor(n)) if math.isfinite(n) else n, 1, 1, "n", "n"),
    "format-date": Function(_format_date, 2, 2, "vt", "t"),
    "format-date-time": Function(_format_date, 2, 2, "vt", "t"),
    "geofence": Function(_geofence, 2, 2, "t", "b"),
    "if": Function(_if, 3, 3, "l", "v", scoped=True),
    "int": Function(_whole, 1, 1, "v", "n"),
    "join": Function(_joined, 1, MANY, "tv", "t"),
    "last": Function(lambda scope: float(scope.size), 0, 0, "", "n", scoped=True),
    "local-name": Function(_last_name, 0, 1, "s", "t", scoped=True),
    "log": Function(_logarithm(math.log), 1, 1, "n", "n"),
    "log10": Function(_logarithm(math.log10), 1, 1, "n", "n"),
    "max": Function(_most, 1, MANY, "v", "n"),
    "min": Function(_least, 1, MANY, "v", "n"),
    "name": Function(_nodes_name, 0, 1, "s", "t", scoped=True),
    "normalize-space": Function(
        _own_text(lambda text: " ".join(text.split())), 0, 1, "t", "t", scoped=True, of_node=True
    ),
    "not": Function(lambda value: not value, 1, 1, "b", "b"),
    "now": Function(lambda scope: to_day(scope.world.today) or "", 0, 0, "", "v", scoped=True, volatile=True),
    "number": Function(lambda number: number, 1, 1, "n", "n"),
    "once": Function(_once, 1, 1, "l", "v", scoped=True, own=True),
    "pi": Function(lambda: math.pi, 0, 0, "", "n"),
    "position": Function(_position, 0, 1, "s", "n", scoped=True),
    "pow": Function(_safely(math.pow), 2, 2, "n", "n"),
    "random": Function(_chance, 0, 0, "", "n", scoped=True, volatile=True),
    "randomize": Function(_randomized, 1, 2, "sv", "s", scoped=True),
    "regex": Function(_matches, 2, 2, "t", "b"),
    "round": Function(_turn, 1, 2, "n", "n"),
    "row-id": Function(_row_id, 0, 1, "s", "t", scoped=True),
    "selected": Function(lambda text, name: name.strip() in text.split(), 2, 2, "t", "b"),
    "selected-at": Function(_selected_at, 2, 2, "tn", "t"),
    "sin": Function(_safely(math.sin), 1, 1, "n", "n"),
    "sqrt": Function(_safely(math.sqrt), 1, 1, "n", "n"),
    "starts-with": Function(lambda text, part: text.startswith(part), 2, 2, "t", "b"),
    "string": Function(lambda text: text, 1, 1, "t", "t"),
    "string-length": Function(_own_text(lambda text: float(len(text))), 0, 1, "t", "n", scoped=True, of_node=True),
    "substr": Function(_substr, 2, 3, "tn", "t"),
    "substring": Function(_substring, 2, 3, "tn", "t"),
    "substring-after": Function(lambda text, part: text.partition(part)[2] if part else text, 2, 2, "t", "t"),
    "substring-before": Function(lambda text, part: text[: max(0, text.find(part))], 2, 2, "t", "t"),
    "sum": Function(_sum, 1, 1, "v", "n"),
    "tan": Function(_safely(math.tan), 1, 1, "n", "n"),
    "today": Function(lambda scope: to_day(scope.world.today) or "", 0, 0, "", "v", scoped=True, volatile=True),
    "translate": Function(_translate, 3, 3, "t", "t"),
    "true": Function(lambda: True, 0, 0, "", "b"),
    "uuid": Function(_uuid, 0, 1, "n", "t", scoped=True, volatile=True),
    "weighted-checklist": Function(_weighted_checklist, 4, MANY, "nnv", "b"),
}
"""Functions that need nothing but their arguments. Those that look at the form itself (``current``, ``indexed-repeat``,
``jr:choice-name``) are built in ``closures`` and ``names``."""

FORMS = {
    "current": (0, 0), "indexed-repeat": (3, 7), "instance": (1, 1), "jr:choice-name": (2, 2), "jr:itext": (1, 1),
    "pulldata": (4, 4),
}  # fmt: skip
"""Name -> least and most arguments."""
