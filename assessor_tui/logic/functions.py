"""The functions of the expression language: how many arguments each takes, as what it sees them, what it does.

``arguments`` has one letter per argument, the last one standing for all further ones: ``t`` text, ``n`` number,
``b`` truth, ``v`` value as it is, ``s`` list of nodes, ``l`` not evaluated yet (a closure; the function decides).
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from assessor_tui.logic import encoding, geo, texts
from assessor_tui.logic.dates import formatted, spoken_day, time_of_day
from assessor_tui.logic.values import (
    NAN,
    Closure,
    Day,
    Element,
    ErrorValue,
    Node,
    Result,
    Scope,
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


def _numbers(scope: Scope, values: Sequence[Result]) -> list[float]:
    """The numbers among values; blanks are skipped, what is no number stays NaN."""
    found: list[float] = []
    for value in values:
        if isinstance(value, list):
            found.extend(text_to_number(node.value, scope) for node in value if node.value)
        elif value != "":
            found.append(to_number(value, scope))
    return found


def _texts(values: Sequence[Result]) -> list[str]:
    found: list[str] = []
    for value in values:
        if isinstance(value, list):
            found.extend(node.value for node in value)
        else:
            found.append(to_text(value))
    return found


def _sum(scope: Scope, *values: Result) -> float:
    # fsum adds exactly, so a long column of decimals does not drift.
    numbers = _numbers(scope, values)
    try:
        return math.fsum(numbers)
    except (OverflowError, ValueError):
        return sum(numbers)


def _least(scope: Scope, *values: Result) -> float:
    numbers = _numbers(scope, values)
    return NAN if not numbers or any(number != number for number in numbers) else min(numbers)


def _most(scope: Scope, *values: Result) -> float:
    numbers = _numbers(scope, values)
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
    if not nodes[0]:
        return NAN
    node = nodes[0][0]
    if isinstance(node, Element) and node.parent is not None:
        scope.world.effort.spend(len(node.parent.children()) // 16)  # which are counted up to this one
    return float(node.position())


def _moment(scope: Scope, value: Result) -> "Day | str":
    """A day or moment out of a text or a number of days; a blank for a blank, an error value for anything else."""
    if isinstance(value, Day):
        return value
    if isinstance(value, list):
        value = value[0].value if value else ""
    clock = scope.world.clock
    if isinstance(value, float):
        return Day(value - clock.zero, True, clock) if math.isfinite(value) else ErrorValue("value.date")
    if isinstance(value, bool):
        return ErrorValue("value.date")
    text = value.strip()
    if not text:
        return ""
    day = to_day(text, clock) or spoken_day(text, clock)
    if day is None:
        time = time_of_day(text, clock)
        day = Day(time, True, clock) if time == time else None
    return ErrorValue("value.date") if day is None else day


def _day(scope: Scope, value: Result) -> Result:
    day = _moment(scope, value)
    if not isinstance(day, Day) or (day.clock.moments and abs(day.days - round(day.days)) > 1e-9):
        return day
    return Day(float(math.floor(day.days + 1e-9)), False, day.clock)


def _decimal_day(scope: Scope, value: Result) -> Result:
    day = _moment(scope, value)
    return to_number(day) if isinstance(day, Day) else day or ErrorValue("value.date")


def _decimal_time(scope: Scope, value: Result) -> Result:
    day = _moment(scope, value)
    return day.days - math.floor(day.days) if isinstance(day, Day) else day


def _format_date(scope: Scope, value: Result, pattern: str) -> str:
    day = _moment(scope, value)
    if not isinstance(day, Day):
        return day
    return formatted(day, pattern) or ErrorValue("value.date")


def _now(scope: Scope) -> Result:
    return to_day(scope.world.now, scope.world.clock) or ""


def _today(scope: Scope) -> Result:
    return to_day(scope.world.today, scope.world.clock) or ""


def _whole(scope: Scope, value: Result) -> float:
    number = to_number(value, scope)
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


def _digest(text: str, algorithm: str, encoded: str = "base64") -> str:
    found = encoding.digest(text, algorithm, encoded)
    return ErrorValue("value.digest") if found is None else found


def _decoded(text: str) -> str:
    found = encoding.decoded(text)
    return ErrorValue("value.base64") if found is None else found


def _signed(contents: str, key: str) -> str:
    found = encoding.signed_content(contents, key) if contents else ""
    return ErrorValue("value.signature") if found is None else found


def _truths(values: Sequence[Result]) -> list[bool]:
    """Whether each holds; each node of a list counts by itself, and holds unless it is blank."""
    found: list[bool] = []
    for value in values:
        if isinstance(value, list):
            found.extend(bool(node.value) for node in value)
        else:
            found.append(to_boolean(value))
    return found


def _within(number: float, least: float, most: float) -> bool:
    """Whether it lies between the bounds, of which a negative one does not count."""
    return (least < 0 or number >= least) and (most < 0 or number <= most)


def _checklist(least: float, most: float, *values: Result) -> bool:
    return _within(sum(_truths(values)), least, most)


def _weighted_checklist(scope: Scope, least: float, most: float, *pairs: Result) -> bool:
    total = 0.0
    for value, weight in zip(pairs[::2], pairs[1::2], strict=False):
        truths = _truths([value])
        if isinstance(weight, list):
            weights = [text_to_number(node.value, scope) for node in weight]
        else:
            weights = [to_number(weight, scope)] * len(truths)
        total += sum(each for holds, each in zip(truths, weights, strict=False) if holds)
    return _within(total, least, most)


def _joined(separator: str, *values: Result) -> str:
    return texts.joined(_texts(values), separator)


def _filled(nodes: Sequence[Node]) -> float:
    """How many are not blank: they say something, or something stands in them."""
    return float(sum(1 for node in nodes if node.value or node.children()))


def _area(*values: Result) -> float:
    outline = geo.points(_texts(values))
    return NAN if outline is None else _steady(geo.area(outline))


def _distance(*values: Result) -> float:
    line = geo.points(_texts(values))
    return NAN if line is None else _steady(geo.distance(line))


def _geofence(point: str, outline: str) -> Result:
    around = geo.points([outline])
    if around is None:
        return ErrorValue("value.place")
    if not point.strip():
        return False
    points = geo.points([point])
    return ErrorValue("value.place") if points is None else geo.inside(points[0], around)


def _intersects(*values: Result) -> Result:
    line = geo.points(_texts(values))
    found = geo.crosses(line) if line is not None else False
    return ErrorValue("value.too_long") if found is None else found


def _steady(number: float) -> float:
    """The number without what mathematics libraries differ in: two laptops give one and the same result."""
    return float(f"{number:.15g}") if math.isfinite(number) and number != math.trunc(number) else number


def _safely(function: Callable[..., float]) -> Callable[..., float]:
    """The function of the laptop's mathematics library, with NaN where that one raises."""

    def run(*numbers: float) -> float:
        try:
            return _steady(function(*numbers))
        except OverflowError:
            return math.inf
        except (ValueError, ZeroDivisionError):
            return NAN

    return run


def _power(number: float, exponent: float) -> float:
    if not number and exponent < 0:
        return math.inf
    try:
        return _steady(math.pow(number, exponent))
    except OverflowError:
        return -math.inf if number < 0 and exponent % 2 == 1 else math.inf
    except ValueError:
        return NAN


def _logarithm(base: Callable[[float], float]) -> Callable[[float], float]:
    def run(number: float) -> float:
        if number == 0:
            return -math.inf
        return _steady(base(number)) if 0 < number < math.inf else number if number > 0 else NAN

    return run


def _turn(scope: Scope, value: Result, places: float = 0.0) -> float:
    number = to_number(value, scope)
    if number != number and isinstance(value, str | list):
        number = _with_comma(to_text(value))
    return rounded(number, int(places)) if math.isfinite(places) else NAN


def _with_comma(text: str) -> float:
    """The number of a text such as ``14,6``; NaN where the comma may part thousands, and for other texts."""
    whole, comma, decimals = text.strip().partition(",")
    return text_to_number(f"{whole}.{decimals}") if comma and decimals.isdigit() and len(decimals) < 3 else NAN


def _number(scope: Scope, *values: Result) -> float:
    return to_number(values[0], scope) if values else text_to_number(scope.node.value, scope)


def _identified(scope: Scope, value: Result) -> list[Node]:
    """The elements whose attribute ``id`` is one of the words."""
    wanted = {word for text in _texts([value]) for word in text.split()}
    top = scope.node
    while top.parent is not None:
        top = top.parent
    found: list[Node] = []
    waiting = [top]
    while waiting:
        node = waiting.pop()
        if any(mark.name == "id" and mark.value in wanted for mark in node.attributes()):
            found.append(node)
        waiting.extend(reversed(node.children()))
    return found


def _own_text(function: Callable[[str], Any]) -> Callable[..., Any]:
    """The function of a text, which without arguments is the value where the expression stands."""

    def run(scope: Scope, *texts: str) -> Any:
        return function(texts[0] if texts else scope.node.value)

    return run


def _nodes_name(scope: Scope, *nodes: Sequence[Node]) -> str:
    node = scope.node if not nodes else nodes[0][0] if nodes[0] else None
    name = node.name if node is not None else ""
    if name.endswith(")"):  # a text or comment has none, an instruction that of its target
        return name.partition("'")[2].rpartition("'")[0]
    return name


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
    "atan": Function(_safely(math.atan), 1, 1, "n", "n"),
    "atan2": Function(_safely(math.atan2), 2, 2, "n", "n"),
    "base64-decode": Function(_decoded, 1, 1, "t", "t"),
    "boolean": Function(lambda value: value, 1, 1, "b", "b"),
    "boolean-from-string": Function(lambda text: text in ("true", "1"), 1, 1, "t", "b"),
    "ceiling": Function(lambda n: float(math.ceil(n)) if math.isfinite(n) else n, 1, 1, "n", "n"),
    "checklist": Function(_checklist, 3, MANY, "nnv", "b"),
    "coalesce": Function(_coalesce, 2, MANY, "l", "v", scoped=True),
    "concat": Function(lambda *values: texts.joined(_texts(values)), 0, MANY, "v", "t"),
    "contains": Function(lambda text, part: part in text, 2, 2, "t", "b"),
    "cos": Function(_safely(math.cos), 1, 1, "n", "n"),
    "count": Function(lambda nodes: float(len(nodes)), 1, 1, "s", "n"),
    "count-non-empty": Function(_filled, 1, 1, "s", "n"),
    "count-selected": Function(lambda text: float(len(text.split())), 1, 1, "t", "n"),
    "date": Function(_day, 1, 1, "v", "v", scoped=True),
    "date-time": Function(_moment, 1, 1, "v", "v", scoped=True),
    "decimal-date-time": Function(_decimal_day, 1, 1, "v", "v", scoped=True),
    "decimal-time": Function(_decimal_time, 1, 1, "v", "v", scoped=True),
    "digest": Function(_digest, 2, 3, "t", "t"),
    "distance": Function(_distance, 1, MANY, "v", "n"),
    "enclosed-area": Function(_area, 1, MANY, "v", "n"),
    "ends-with": Function(lambda text, part: text.endswith(part), 2, 2, "t", "b"),
    "exp": Function(_safely(math.exp), 1, 1, "n", "n"),
    "exp10": Function(_safely(lambda n: 10.0**n), 1, 1, "n", "n"),
    "extract-signed": Function(_signed, 2, 2, "t", "t"),
    "false": Function(lambda: False, 0, 0, "", "b"),
    "floor": Function(lambda n: float(math.floor(n)) if math.isfinite(n) else n, 1, 1, "n", "n"),
    "format-date": Function(_format_date, 2, 2, "vt", "t", scoped=True),
    "format-date-time": Function(_format_date, 2, 2, "vt", "t", scoped=True),
    "geofence": Function(_geofence, 2, 2, "t", "v"),
    "id": Function(_identified, 1, 1, "v", "s", scoped=True),
    "if": Function(_if, 3, 3, "l", "v", scoped=True),
    "int": Function(_whole, 1, 1, "v", "n", scoped=True),
    "intersects": Function(_intersects, 1, MANY, "v", "v"),
    "is-selected": Function(lambda text, name: name.strip() in text.split(), 2, 2, "t", "b"),
    "join": Function(_joined, 1, MANY, "tv", "t"),
    "last": Function(lambda scope: float(scope.size), 0, 0, "", "n", scoped=True),
    "local-name": Function(_last_name, 0, 1, "s", "t", scoped=True),
    "log": Function(_logarithm(math.log), 1, 1, "n", "n"),
    "log10": Function(_logarithm(math.log10), 1, 1, "n", "n"),
    "max": Function(_most, 1, MANY, "v", "n", scoped=True),
    "min": Function(_least, 1, MANY, "v", "n", scoped=True),
    "name": Function(_nodes_name, 0, 1, "s", "t", scoped=True),
    "namespace-uri": Function(lambda *_: "", 0, 1, "s", "t"),
    "normalize-space": Function(
        _own_text(lambda text: " ".join(text.split())), 0, 1, "t", "t", scoped=True, of_node=True
    ),
    "not": Function(lambda value: not value, 1, 1, "b", "b"),
    "now": Function(_now, 0, 0, "", "v", scoped=True, volatile=True),
    "number": Function(_number, 0, 1, "v", "n", scoped=True, of_node=True),
    "once": Function(_once, 1, 1, "l", "v", scoped=True, own=True),
    "pi": Function(lambda: math.pi, 0, 0, "", "n"),
    "position": Function(_position, 0, 1, "s", "n", scoped=True),
    "pow": Function(_power, 2, 2, "n", "n"),
    "random": Function(_chance, 0, 0, "", "n", scoped=True, volatile=True),
    "randomize": Function(_randomized, 1, 2, "sv", "s", scoped=True),
    "regex": Function(texts.matches, 2, 2, "t", "v"),
    "round": Function(_turn, 1, 2, "vn", "n", scoped=True),
    "row-id": Function(_row_id, 0, 1, "s", "t", scoped=True),
    "selected": Function(lambda text, name: name.strip() in text.split(), 2, 2, "t", "b"),
    "selected-at": Function(texts.named_at, 2, 2, "tn", "t"),
    "sin": Function(_safely(math.sin), 1, 1, "n", "n"),
    "sqrt": Function(_safely(math.sqrt), 1, 1, "n", "n"),
    "starts-with": Function(lambda text, part: text.startswith(part), 2, 2, "t", "b"),
    "string": Function(_own_text(lambda text: text), 0, 1, "t", "t", scoped=True, of_node=True),
    "string-length": Function(_own_text(lambda text: float(len(text))), 0, 1, "t", "n", scoped=True, of_node=True),
    "substr": Function(texts.part, 2, 3, "tn", "t"),
    "substring": Function(texts.substring, 2, 3, "tn", "t"),
    "substring-after": Function(lambda text, part: text.partition(part)[2] if part else text, 2, 2, "t", "t"),
    "substring-before": Function(lambda text, part: text[: max(0, text.find(part))], 2, 2, "t", "t"),
    "sum": Function(_sum, 1, 1, "v", "n", scoped=True),
    "tan": Function(_safely(math.tan), 1, 1, "n", "n"),
    "today": Function(_today, 0, 0, "", "v", scoped=True, volatile=True),
    "translate": Function(texts.translated, 3, 3, "t", "t"),
    "true": Function(lambda: True, 0, 0, "", "b"),
    "uuid": Function(_uuid, 0, 1, "n", "t", scoped=True, volatile=True),
    "weighted-checklist": Function(_weighted_checklist, 4, MANY, "nnv", "b", scoped=True),
}
"""Functions that need nothing but their arguments. Those that look at the form itself (``current``, ``indexed-repeat``,
``jr:choice-name``) are built in ``closures`` and ``names``."""

FORMS = {
    "current": (0, 0), "indexed-repeat": (3, 7), "instance": (1, 1), "jr:choice-name": (2, 2), "jr:itext": (1, 1),
    "pulldata": (4, 4),
}  # fmt: skip
"""Name -> least and most arguments."""


def takes(name: str) -> str:
    """How many arguments a function takes: ``1``, ``2–3``, ``≥ 2``."""
    least, most = FORMS[name] if name in FORMS else (FUNCTIONS[name].least, FUNCTIONS[name].most)
    return str(least) if least == most else f"≥ {least}" if most >= MANY else f"{least}–{most}"
