"""Find questions, tables, rows, findings and notes of a visit."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from assessor_tui.form.model import Question, Repeat
from assessor_tui.i18n import _
from assessor_tui.tui.commands import FINDINGS, ROWS, WALK
from assessor_tui.tui.dialog import Entry, SearchList, entry
from assessor_tui.tui.glyphs import state as state_words

if TYPE_CHECKING:
    from assessor_tui.visit import Visit

KINDS = {"#": "question", "@": "row", "!": "finding", '"': "note"}
"""First character -> the only kind looked for."""


class Find(SearchList):
    """The search list of a visit; the result is ``place form/path``."""

    def __init__(self, visit: "Visit", tag: str, *, hidden: bool = False) -> None:
        super().__init__(
            _("Go to"),
            list(entries_of(visit, tag, hidden=hidden)),
            kinds=KINDS,
            placeholder=_('a word or a number such as 3.07;  # questions  @ rows  ! findings  " notes'),
        )


def entries_of(visit: "Visit", tag: str, *, hidden: bool = False) -> Iterator[Entry]:
    """Every question that is asked, every table, row, finding and (unless hidden) note."""
    from assessor_tui.tui.outline import question_state

    findings = visit.scheme.findings_form
    notes: list[Entry] = []
    for form, filling in visit.fillings.items():
        languages = [other for other in visit.forms[form].languages if other != tag]
        for item in filling.items():
            target = f"{form}/{item.path}"
            node = item.node
            if not hidden:
                for _digest, note in visit.state.notes(form, item.path):
                    number = getattr(node, "number", "")
                    notes.append(
                        entry(f"{WALK} {target}", f'"{note.value}"', number=number, detail=_("note"), kind="note")
                    )
            if isinstance(node, Question):
                if form == findings or "[" in item.path:
                    continue
                also = " ".join(filling.label(item.path, other) for other in languages)
                state = question_state(visit, form, filling, item.path)
                yield entry(
                    f"{WALK} {target}", filling.label(item.path, tag), number=node.number, also=also,
                    detail=state_words(state), kind="question",
                )  # fmt: skip
            elif item.kind == "repeat" and isinstance(node, Repeat) and form != findings:
                also = " ".join(filling.label(item.path, other) for other in languages)
                yield entry(
                    f"{ROWS} {target}", filling.label(item.path, tag), number=node.number, also=also,
                    detail=_("table"), kind="row",
                )  # fmt: skip
            elif item.kind == "row" and isinstance(node, Repeat):
                finding = form == findings and node.name == "findings"
                number = visit.state.row_number(form, item.path, node.row_letter)
                yield entry(
                    f"{FINDINGS if finding else ROWS} {target}", filling.row_label(item.path), number=number,
                    detail=filling.label(item.path.rpartition("[")[0], tag),
                    kind="finding" if finding else "row",
                )  # fmt: skip
    yield from notes
