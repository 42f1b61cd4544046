"""What the two people of the sample visit found, as lines to type: number, answer, note."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from assessor_tui.carry.exchange import merge_bundle
from assessor_tui.config import shipped
from assessor_tui.form.model import SELECT_TYPES, Question, Repeat, walk
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.awaited import awaited_of
from assessor_tui.ledger.entry import Entry
from assessor_tui.ledger.value import Quantity, Value, names
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Visit


class Table(NamedTuple):
    """The rows that one person found in one table."""

    form: str
    number: str
    path: str
    cells: tuple[tuple[str, ...], ...]
    """Headings first; as a spreadsheet would hold them."""


class Found(NamedTuple):
    """What one person found."""

    person: str
    lines: tuple[tuple[str, str], ...]
    """(form, line) such as ``("gate", "1.05 1")``, in the order in which they were found."""
    tables: tuple[Table, ...]


def found_by(folder: Path, name: str) -> Found:
    """What the sample bundle ``name`` (``lead.zip``, ``assessor.zip``) says, read in ``folder``."""
    with Store.open(folder) as store:
        merge_bundle(store, shipped("sample_sites") / "battery_maker" / "bundles" / name)
        visit = Visit(store, store.visits()[0].id, new_id=lambda: "0" * 32)
        counts = {device: len(visit.state.log(device)) for device in visit.state.devices()}
        device = max(counts, key=lambda each: counts[each])
        log = [entry for _, entry in visit.state.log(device)]
        mine = [entry for entry in log if entry.form in visit.forms and entry.act != acts.USE_FORM]
        return Found(log[-1].person, tuple(_lines(visit, mine)), tuple(_tables(visit, mine)))


def _lines(visit: Visit, log: list[Entry]) -> Iterator[tuple[str, str]]:
    notes: dict[tuple[str, str], str] = {}
    last: dict[tuple[str, str], Entry] = {}
    for entry in log:
        if "[" in entry.path or not entry.path:
            continue
        if entry.act == acts.NOTE and isinstance(entry.value, str):
            notes[entry.form, entry.path] = entry.value
        elif entry.act in (acts.ANSWER, acts.NOT_APPLICABLE, acts.TO_COME):
            last[entry.form, entry.path] = entry
    for (form, path), entry in last.items():
        now = visit.filling(form).state(path)
        if now.read_only or not now.relevant or "\n" in notes.get((form, path), ""):
            continue
        if entry.act == acts.TO_COME:
            yield form, f"{now.question.number} + {awaited_of(entry.why).what}"
        elif entry.act == acts.NOT_APPLICABLE:
            yield form, f"{now.question.number} - {entry.why}"
        elif entry.value is not None:
            note = notes.get((form, path), "") if now.question.type != "text" else ""
            said = typed(visit, form, path, now.question, entry.value)
            yield form, " ".join(part for part in (now.question.number, said, note) if part)


def typed(visit: Visit, form: str, path: str, question: Question, value: Value) -> str:
    """The value as a person types it: digits for choices, a number with its unit."""
    if question.type in SELECT_TYPES:
        offered = [choice.name for choice in visit.filling(form).choices(path)]
        return ",".join(str(offered.index(name) + 1) for name in names(value))
    if isinstance(value, Quantity):
        return f"{value.n} {value.u}".strip()
    return "1" if value == "OK" else str(value)


def _tables(visit: Visit, log: list[Entry]) -> Iterator[Table]:
    rows: dict[tuple[str, str], dict[str, dict[str, Entry]]] = {}
    for entry in log:
        repeat, bracket, rest = entry.path.partition("[")
        if not bracket or "[" in rest or entry.act not in (acts.ADD_ROW, acts.ANSWER):
            continue
        row = rows.setdefault((entry.form, repeat), {}).setdefault(rest[:32], {})
        if entry.act == acts.ANSWER:
            row[rest.partition("/")[2]] = entry
    nodes = {
        (form, node.name): node for form, model in visit.forms.items() for _, node in walk(model.children)
        if isinstance(node, Repeat)
    }  # fmt: skip
    for (form, repeat), found in rows.items():
        node = nodes[form, repeat]
        columns = [
            each for _, each in walk(node.children)
            if isinstance(each, Question) and any(each.name in row for row in found.values())
        ]  # fmt: skip
        cells = [tuple(column.label["zh-Hans-CN"] for column in columns)]
        for row, answers in found.items():
            cells.append(
                tuple(
                    _cell(visit, form, f"{repeat}[{row}]/{column.name}", column, answers.get(column.name))
                    for column in columns
                )
            )
        yield Table(form, node.number, repeat, tuple(cells))


def _cell(visit: Visit, form: str, path: str, question: Question, entry: Entry | None) -> str:
    if entry is None or entry.value is None:
        return ""
    if question.type in SELECT_TYPES:
        labels = {choice.name: choice.label for choice in visit.filling(form).choices(path)}
        picked = [labels[name] for name in names(entry.value) if name in labels]
        return "；".join(label.get("zh-Hans-CN", next(iter(label.values()), "")) for label in picked)
    if isinstance(entry.value, Quantity):
        return f"{entry.value.n} {entry.value.u}".strip()
    return str(entry.value)
