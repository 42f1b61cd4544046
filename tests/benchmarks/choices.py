"""A list of 50,000 towns in a file: read, filtered by what was answered before, and searched by what is typed.

Every keystroke changes an answer that the filter reads and asks what can be chosen then, as the walk does. The floor is
the same filter written so that it looks at every row (``not(district != ...)``), in the same run.
"""

import statistics
from collections.abc import Callable, Iterable
from itertools import cycle, islice
from pathlib import Path

from assessor_tui.form.canonical import canonical_bytes, form_from_canonical
from assessor_tui.form.model import Choice, Form, Instance, Question
from assessor_tui.interop.choice_files import read_choice_file
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.filling import Context, Filling
from assessor_tui.logic.lists import found
from tests.benchmarks.measure import Bar, Line, against, percentile, timed

ROWS = 50_000
FIRST, NEXT = 1_000.0, 50.0
"""Milliseconds, of the issue: the first filter, and every keystroke after it."""
ROUNDS = 5
KEYS = 60
DISTRICTS = 1_000


def towns() -> bytes:
    """The file."""
    lines = ["name,label,province,district,kind"]
    lines += [
        f"t{at:05},Town {at} 第{at % 977}镇,p{at % DISTRICTS % 34},d{at % DISTRICTS},{'abc'[at % 3]}"
        for at in range(ROWS)
    ]
    return "\n".join(lines).encode()


FILTERS = {
    "equal": "district = ${district}",
    "three": "province = ${province} and district = ${district} and kind = 'a'",
    "several": "selected(${several}, district)",
    "mixed": "district = ${district} and contains(label, ${typed})",
    "like": "contains(label, ${typed})",
    "floor": "not(district != ${district})",
}


def form_with(listed: Instance) -> Form:
    """A question for each way to filter, after those that decide."""
    label = {"en": "Question"}
    asked = [Question("text", name, label) for name in ("province", "district", "several", "typed")]
    asked += [
        Question("select_one", name, label, list_name="towns", choice_filter=text) for name, text in FILTERS.items()
    ]
    asked.append(Question("select_one", "whole", label, list_name="towns"))
    asked.append(
        Question("calculate", "pulled", calculation="pulldata('towns', 'label', 'name', concat('t', ${typed}))")
    )
    return Form("towns", "1", label, tuple(asked), languages=("en",), instances={"towns": listed})


def measure(scratch: Path, checkout: Path) -> list[Line | Bar]:
    """What each step costs, and every keystroke against its budget."""
    data = towns()
    first: dict[str, list[float]] = {}
    keys: dict[str, list[float]] = {}

    def note(what: str, act: Callable[[], object]) -> None:
        first.setdefault(what, []).append(timed(act))

    for _ in range(ROUNDS):
        note("read", lambda: read_choice_file(data, "towns.csv"))
        listed = read_choice_file(data, "towns.csv").instance
        assert listed is not None
        form = form_with(listed)
        spelling = canonical_bytes(form)
        note("load", lambda spelling=spelling: form_from_canonical(spelling, verified=True))
        note("compile", lambda form=form: compile_form(form))
        for name in FILTERS:
            filling = opened(form)
            note(f"first {name}", lambda filling=filling, name=name: whole(filling.choices(name)))
        filling = opened(form)
        note("first search", lambda filling=filling: whole(found(filling.choices("whole"), "town 7")))
        for name in FILTERS:
            keys.setdefault(name, []).extend(typed_into(filling, name))
        keys.setdefault("search", []).extend(searched(filling))
    middle = {what: statistics.median(each) for what, each in first.items()}
    worst = {what: percentile(each, 0.95) for what, each in keys.items()}
    size = f"{len(canonical_bytes(form_with(listed))) / 1024**2:.1f} MiB"
    lines: list[Line | Bar] = [
        Bar(f"{ROWS:,} rows of CSV read strictly", middle["read"], FIRST),
        Bar(f"A form that holds them ({size} of JSON) loaded from the ledger", middle["load"], FIRST),
        Bar("Its first filter, compiling included: one equality", middle["compile"] + middle["first equal"], FIRST),
        Bar("Its first filter that is no equality", middle["compile"] + middle["first like"], FIRST),
        Bar("The first search by what is typed", middle["first search"], FIRST),
    ]
    said = {
        "equal": "Next answers, cascade by one equality",
        "three": "Next answers, three conditions",
        "several": "Next answers, one of several chosen",
        "mixed": "Next keystrokes, one equality and a part of the label",
        "like": "Next keystrokes, a part of the label only",
        "search": "Next keystrokes, search by what is typed",
    }
    lines += [Bar(f"{what}, p95", worst[name], NEXT) for name, what in said.items()]
    floor = statistics.median(keys["floor"])
    for name in ("equal", "three", "several", "mixed"):
        ratio = against(f"{said[name]}, median", statistics.median(keys[name]), floor, "a look at every row", 0.2)
        lines.append(ratio)
    return lines


def opened(form: Form) -> Filling:
    """The form compiled anew, so that nothing has been looked up in its list, with the first answers given."""
    filling = Filling(compile_form(form), Context("2026-11-12", "en"))
    for name, value in (("province", "p7"), ("district", "d7"), ("several", "d7 d8 d9"), ("typed", "7")):
        filling.set(name, value)
    return filling


def whole(choices: Iterable[Choice]) -> list[Choice]:
    """As many choices as a screen has lines."""
    return list(islice(choices, 40))


def typed_into(filling: Filling, name: str) -> list[float]:
    """Seconds of each keystroke: the answer, and what can be chosen then."""
    parts = cycle(["1", "第1", "Town 12", "x", "第97镇", ""])
    times = []
    for at in range(KEYS):
        district = at * 37 % DISTRICTS

        def press(at: int = at, district: int = district) -> None:
            filling.set("province", f"p{district % 34}")
            filling.set("district", f"d{district}")
            filling.set("several", f"d{at} d{at + 1} d{at + 2}")
            filling.set("typed", next(parts) or None)
            assert len(whole(filling.choices(name))) <= 40

        times.append(timed(press))
    return times


def searched(filling: Filling) -> list[float]:
    """Seconds of each letter typed into the search of the whole list."""
    offered = filling.choices("whole")
    words = ["t", "to", "tow", "town", "town ", "town 4", "town 49", "第", "第1", "第12", "１２", "镇 7", "zzz"]
    return [timed(lambda word=word: whole(found(offered, word))) for word in islice(cycle(words), KEYS)]
