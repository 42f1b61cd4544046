"""What a form sets itself because of an answer or in a new row, so that it is recorded together with that."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from assessor_tui.form.model import Repeat
from assessor_tui.ledger.entry import row_path
from assessor_tui.ledger.value import Value
from assessor_tui.logic.beginnings import begin, begins
from assessor_tui.logic.compile import CompiledForm
from assessor_tui.logic.filling import Filling
from assessor_tui.logic.views import ROW_ADDED


@lru_cache(maxsize=64)
def sets_by_answers(compiled: CompiledForm) -> bool:
    """True when an answer can make the form set others: a trigger, a change that is acted on, a counted row,
    a result that is kept (``once``)."""
    if any(rule.kind == "trigger" or rule.remembers for rule in compiled.rules):
        return True
    counted = (each for each in compiled.rules_of if isinstance(each.node, Repeat) and each.node.repeat_count)
    return any(each.row is not None and begins(compiled, each.row) for each in counted)


def new_rows(
    filling: Filling, path: str, row_id: str, inner: Iterable[tuple[str, str, Mapping[str, Value | None]]]
) -> dict[str, Value]:
    """Path -> what stands in a new row with its first rows inside, tried on a copy."""
    tried = filling.copy()
    tried.new_row(path, row_id)
    for inner_path, inner_id, begin_with in inner:
        tried.stand(inner_path, inner_id, begin_with)
        begin(tried, tried.row_of[inner_id], ROW_ADDED)
    tried.settle()
    start = f"{row_path(path, row_id)}/"
    stored = tried.stored()[1].items()
    return {at: value for at, (_, value) in stored if at.startswith(start) and value is not None}
