"""Opening visits: what the entries of a new one are, many of them in one transaction."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from assessor_tui.filled_visit import VISIT_DATE, in_walking_order
from assessor_tui.form.model import Form, Question, walk
from assessor_tui.form.scheme import Scheme
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.draft import NO_ANSWER, Draft, clean_value, longest_text
from assessor_tui.ledger.entry import row_path
from assessor_tui.ledger.value import MAX_TEXT, Value
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.filling import Context, Filling
from assessor_tui.store.ledger import Store


class Materials(NamedTuple):
    """What a new visit is made of: a scheme and the forms it needs, by hash."""

    scheme: Scheme
    scheme_hash: str
    forms: Mapping[str, tuple[Form, str]]
    """Form id -> the form and its hash."""


class Opening(NamedTuple):
    """What is said of a new visit when it is opened."""

    answers: Mapping[str, Value]
    """Of its header, by question."""
    rows: Mapping[str, Sequence[Mapping[str, Value]]] = MappingProxyType({})
    """Repeat of its header -> answers of its first rows."""


def create_visits(
    store: Store,
    materials: Materials,
    openings: Sequence[Opening],
    *,
    new_id: Callable[[], str],
    kind: str = "assessment",
    language: str = "en-HK",
) -> list[str]:
    """Ids of new visits, each opened as by ``visit.create_visit``, all of them in one transaction.

    Raises:
        ValueError, StoreError: as ``visit.create_visit``; then there is none of them.
    """
    scheme = materials.scheme
    ordered = in_walking_order(scheme, {name: form for name, (form, _) in materials.forms.items()})
    compiled = {name: compile_form(form) for name, form in ordered.items() if _sets_something(form)}
    visits = []
    with store.together():
        for opening in openings:
            visit_id = new_id()
            visits.append(visit_id)
            stated = opening.answers.get(VISIT_DATE)
            context = Context(stated if isinstance(stated, str) else "", language, visit=visit_id)
            drafts = [
                Draft(visit_id, acts.OPEN_VISIT, scheme.scheme_id, value=(kind,), version=materials.scheme_hash[:12])
            ]
            drafts += [
                Draft(visit_id, acts.USE_FORM, form=name, version=materials.forms[name][1][:12]) for name in ordered
            ]
            for name in ordered:
                # What the form sets itself is said once, by whoever opens the visit.
                filling = Filling(compiled[name], context) if name in compiled else None
                first: dict[str, Value] = filling.defaults() if filling is not None else {}
                if name == scheme.header_form:
                    first |= opening.answers
                drafts += _answers(visit_id, name, materials.forms[name][1][:12], "", first)
                for repeat, rows in opening.rows.items() if name == scheme.header_form else ():
                    given = filling.defaults_of_rows(repeat, len(rows)) if filling is not None else [{}] * len(rows)
                    for default, answers in zip(given, rows, strict=True):
                        row = row_path(repeat, new_id())
                        drafts.append(Draft(visit_id, acts.ADD_ROW, name, row, version=materials.forms[name][1][:12]))
                        drafts += _answers(visit_id, name, drafts[-1].version, f"{row}/", {**default, **answers})
            store.append(drafts)
    return visits


def _sets_something(form: Form) -> bool:
    return any(isinstance(node, Question) and bool(node.default) for _, node in walk(form.children))


def _answers(visit: str, form: str, version: str, above: str, answers: Mapping[str, Value]) -> Iterator[Draft]:
    """Each answer as it may enter the ledger; raises ValueError for one that may not."""
    for path, value in answers.items():
        if len(longest_text(value)) > MAX_TEXT:
            raise ValueError("text too long")
        if (said := clean_value(value)) not in NO_ANSWER:
            yield Draft(visit, acts.ANSWER, form, above + path, said, version)
