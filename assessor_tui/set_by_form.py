"""What a form sets itself because of an answer or in a new row, so that it is recorded together with that.

Many acts at once are played one after the other, as if somebody typed them; only what stands in the end is recorded.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from assessor_tui.form.model import Repeat
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.draft import Draft
from assessor_tui.ledger.state import row_of, row_paths
from assessor_tui.ledger.value import Value
from assessor_tui.logic.beginnings import begin, begins
from assessor_tui.logic.compile import CompiledForm
from assessor_tui.logic.filling import ANSWERED, MISSING, Changes, Filling
from assessor_tui.logic.views import NOT_APPLICABLE, ROW_ADDED, TO_COME, Context
from assessor_tui.new_visit import asks_the_time

REASON = "set by the form"
"""What stands beside a value that a form sets in the place of somebody else's answer."""

_STATUS = {acts.NOT_APPLICABLE: NOT_APPLICABLE, acts.TO_COME: TO_COME}


class Played(NamedTuple):
    """What came of acts that were played on a filling."""

    said: dict[str, Value | None]
    """Path -> what the form said there after whatever a person said; None: no answer."""
    changes: Changes
    is_exact: bool
    """False when the filling may differ from what will be stored, so that it has to be read again."""


@lru_cache(maxsize=64)
def looks_at_clock(compiled: CompiledForm) -> bool:
    """True when something that the form says itself looks at the clock, which otherwise nobody asks."""
    return asks_the_time(compiled.form)


@lru_cache(maxsize=64)
def sets_by_answers(compiled: CompiledForm) -> bool:
    """True when an answer can make the form set others: a trigger, a change that is acted on, a counted row,
    a result that is kept (``once``)."""
    if keeps_results(compiled) or any(rule.kind == "trigger" for rule in compiled.rules):
        return True
    counted = (each for each in compiled.rules_of if isinstance(each.node, Repeat) and each.node.repeat_count)
    return any(each.row is not None and begins(compiled, each.row) for each in counted)


@lru_cache(maxsize=64)
def keeps_results(compiled: CompiledForm) -> bool:
    """True when a result is computed once and kept (``once``)."""
    return any(rule.remembers for rule in compiled.rules)


def sets_in_rows(filling: Filling, repeat_path: str) -> bool:
    """True when the form sets something itself in a new row of the repeat."""
    row = filling.container(repeat_path).definition.row
    return row is not None and begins(filling.compiled, row)


def play(
    filling: Filling,
    drafts: Iterable[Draft],
    begins_with: Mapping[str, Mapping[str, Value | None]],
    may_set: Callable[[str], bool],
    said_at: Context,
) -> Played:
    """What the form sets because of acts that are done to its filling one after the other.

    ``begins_with``: path of each new row -> what stands in it at once, by question; other rows come back as they were.
    ``may_set`` is False for a path that stays as it is, unless one of the acts has settled it.
    """
    said: dict[str, Value | None] = {}
    settled: set[str] = set()
    changes, is_exact = Changes(*[frozenset[str]()] * 4), True
    filling.acting, filling.said_at = True, said_at
    filling.may_set = lambda path: path in settled or may_set(path)
    try:
        for draft in drafts:
            said.pop(draft.path, None)
            if draft.act == acts.SETTLE:
                settled.add(draft.path)
            try:
                changed = _do(filling, draft, begins_with)
            except (
                KeyError,
                ValueError,
            ):  # settled where this version of the form, or a row that is gone, asks nothing
                is_exact = False
                continue
            if changed is not None:
                changes = Changes(*(one | other for one, other in zip(changes, changed, strict=True)))
                given = begins_with.get(draft.path, {}).items()
                said |= {f"{draft.path}/{name}": value for name, value in given if value is not None}
                said |= filling.set_too
            is_exact = is_exact and draft.act != acts.JOIN_ROWS
    finally:
        filling.acting, filling.said_at = False, None
        filling.may_set = lambda path: True
    return Played(said, changes, is_exact)


def _do(filling: Filling, draft: Draft, begins_with: Mapping[str, Mapping[str, Value | None]]) -> Changes | None:
    """What an act changes; None for one that stands beside the answers."""
    if draft.act in acts.ANSWERING:
        status = _STATUS.get(draft.act, MISSING if draft.value is None else ANSWERED)
        return filling.set(draft.path, draft.value, status)
    if draft.act in (acts.REMOVE_ROW, acts.JOIN_ROWS):
        return filling.remove_row(draft.path)
    if draft.act != acts.ADD_ROW:
        return None
    repeat, row = row_of(draft.path)
    if draft.path not in begins_with:
        return None if row in filling.rows(repeat) else filling.add_row(repeat, row)
    filling.forget_changes()
    filling.stand(repeat, row, begins_with[draft.path])
    begin(filling, filling.row_of[row], ROW_ADDED)
    filling.settle()
    return filling.changes()


def in_their_rows(drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts in their order, but what stands in a new row right behind it: they come and go together."""
    added = {draft.path: at for at, draft in enumerate(drafts) if draft.act == acts.ADD_ROW}

    def place(numbered: tuple[int, Draft]) -> int:
        at, draft = numbered
        return max((added[row] for row in row_paths(draft.path) if row in added), default=at)

    return [draft for _, draft in sorted(enumerate(drafts), key=place)] if added else list(drafts)
