"""How rows and the places in them are called: the number people speak, then the words of the form."""

from typing import TYPE_CHECKING

from assessor_tui.form.model import Repeat, walk
from assessor_tui.ledger.entry import generic_path
from assessor_tui.ledger.state import row_of

if TYPE_CHECKING:
    from assessor_tui.ledger.entry import Entry
    from assessor_tui.visit import Visit


def repeat_at(visit: "Visit", form: str, path: str) -> Repeat | None:
    """The repeat that stands at ``path``, or that the row at ``path`` belongs to."""
    wanted = generic_path(path)
    for around, node in walk(visit.forms[form].children):
        if isinstance(node, Repeat) and "/".join((*around, node.name)) == wanted:
            return node
    return None


def row_around(path: str) -> str:
    """The innermost row that ``path`` stands in or is; ``""`` outside rows."""
    return path[: path.rindex("]") + 1] if "]" in path else ""


def spoken_number(visit: "Visit", form: str, row_path: str) -> str:
    """What people say for the row, such as ``F-KQT3``; its place for one that is counted and so nobody has added."""
    repeat = repeat_at(visit, form, row_path)
    letter = repeat.row_letter if repeat is not None else ""
    if number := visit.state.row_number(form, row_path, letter):
        return number
    path, row = row_of(row_path)
    try:
        return f"{letter}{visit.filling(form).rows(path).index(row) + 1}"
    except (KeyError, ValueError):  # it was removed
        return ""


def row_name(visit: "Visit", form: str, row_path: str) -> str:
    """What the row is called by its answers; ``""`` while there is nothing but its place in the table."""
    label = visit.filling(form).row_label(row_path)
    return "" if label.isdecimal() else label


def checks_of(visit: "Visit", form: str, row_path: str) -> "list[tuple[str, Entry]]":
    """(hash, entry) of every word that the row was checked against its original, without a document of its own."""
    from assessor_tui.ledger.value import Evidence

    return [
        (digest, entry)
        for digest, entry in visit.state.evidence(form, row_path)
        if isinstance(entry.value, Evidence)
        and entry.value.kind == "original_seen"
        and entry.value.about.keys() <= {"date"}
    ]


def place_words(visit: "Visit", form: str, path: str, tag: str) -> str:
    """A question, table or row in one line: its row's number and name, its own number and label."""
    filling = visit.filling(form)
    row = row_around(path)
    said = []
    try:
        if row:
            said += [spoken_number(visit, form, row), row_name(visit, form, row)]
        if path != row:
            said += [own_number(visit, form, path), filling.label(path, tag)]
    except KeyError:  # the row was removed
        return "  ".join(each for each in (*said, path.rpartition("/")[2].partition("[")[0]) if each)
    return "  ".join(each for each in said if each)


def own_number(visit: "Visit", form: str, path: str) -> str:
    """The static number of the question or table at ``path``, such as ``3.07``."""
    try:
        return visit.filling(form).state(path).question.number
    except KeyError:
        repeat = repeat_at(visit, form, path)
        return repeat.number if repeat is not None else ""
