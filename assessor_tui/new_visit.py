"""Opening visits: what the entries of a new one are, many of them in one transaction."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import NamedTuple

from assessor_tui.filled_visit import VISIT_DATE, in_walking_order
from assessor_tui.form.model import METADATA_TYPES, Form, Node, Question, Repeat, walk
from assessor_tui.form.scheme import Scheme
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.clock import hong_kong_time
from assessor_tui.ledger.draft import NO_ANSWER, Draft, clean_value, longest_text
from assessor_tui.ledger.entry import row_path
from assessor_tui.ledger.value import MAX_TEXT, Value
from assessor_tui.logic.compile import CompiledForm, compile_form
from assessor_tui.logic.filling import Context, Filling
from assessor_tui.logic.opening import open_form
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
    compiled = {name: compile_form(form) for name, form in ordered.items() if sets_something(form)}
    looks_at_clock = any(asks_the_time(form) for form in ordered.values())
    visits = []
    with store.together():
        for opening in openings:
            visit_id = new_id()
            visits.append(visit_id)
            stated = opening.answers.get(VISIT_DATE)
            today = stated if isinstance(stated, str) else ""
            context = form_context(store, visit_id, today, language, looks_at_clock=looks_at_clock)
            drafts = [
                Draft(visit_id, acts.OPEN_VISIT, scheme.scheme_id, value=(kind,), version=materials.scheme_hash[:12])
            ]
            drafts += [
                Draft(visit_id, acts.USE_FORM, form=name, version=materials.forms[name][1][:12]) for name in ordered
            ]
            for name, form in ordered.items():
                given = opening if name == scheme.header_form else None
                drafts += first_acts(
                    visit_id, form, materials.forms[name][1][:12], context, new_id, given, compiled.get(name)
                )
            store.append(drafts)
    return visits


def form_context(store: Store, visit_id: str, today: str, language: str, *, looks_at_clock: bool = True) -> Context:
    """What the forms of a visit may know when something of them is said for the first time: also who says it, and when
    by this laptop's clock. Whatever is computed later knows the visit's date only, so that it is the same everywhere.
    """
    device = store.device
    return Context(
        today,
        language,
        visit=visit_id,
        now=hong_kong_time(store.now()).isoformat(timespec="milliseconds") if looks_at_clock else "",
        username=store.person,
        deviceid=device.id if device is not None else "",
    )


def first_acts(
    visit_id: str,
    form: Form,
    version: str,
    context: Context,
    new_id: Callable[[], str],
    opening: Opening | None = None,
    compiled: CompiledForm | None = None,
) -> Iterator[Draft]:
    """What a form says itself when a visit takes it into use, and what ``opening`` says of it: each is said once, by
    whoever does that. First rows, defaults, what is set on loading, metadata.

    Raises:
        ValueError: for an answer that may not enter the ledger.
    """
    rows: tuple[tuple[str, str], ...] = ()
    first: dict[str, Value] = {}
    filling: Filling | None = None
    if sets_something(form):
        filling, (rows, first) = open_form(compiled or compile_form(form), context, new_id)
    for path, row in rows:
        yield Draft(visit_id, acts.ADD_ROW, form.form_id, row_path(path, row), version=version)
    for path, value in opening.answers.items() if opening else ():
        first[path] = value
        if filling is not None:
            first |= _set_too(filling, path, value)
    yield from _answers(visit_id, form.form_id, version, "", first)
    for repeat, given in opening.rows.items() if opening else ():
        defaults = filling.defaults_of_rows(repeat, len(given)) if filling is not None else [{}] * len(given)
        for default, answers in zip(defaults, given, strict=True):
            at = row_path(repeat, new_id())
            yield Draft(visit_id, acts.ADD_ROW, form.form_id, at, version=version)
            yield from _answers(visit_id, form.form_id, version, f"{at}/", {**default, **answers})


def _set_too(filling: Filling, path: str, value: Value) -> dict[str, Value]:
    """What the form sets because of an answer that it is opened with; blank for what it clears."""
    with suppress(KeyError):
        filling.set(path, clean_value(value))
        return {path: "" if set_to is None else set_to for path, set_to in filling.set_too.items()}
    return {}


def sets_something(form: Form) -> bool:
    """True when the form says something itself as soon as it is opened."""
    return any(_sets(node) for _, node in walk(form.children))


def asks_the_time(form: Form) -> bool:
    """True when something that the form says itself looks at the clock."""
    return any(
        node.type in METADATA_TYPES or "now(" in f"{node.default} {node.calculation} {node.actions}"
        for _, node in walk(form.children)
        if isinstance(node, Question)
    )


def _sets(node: Node) -> bool:
    if isinstance(node, Repeat):
        return bool(node.first_rows)
    return isinstance(node, Question) and (
        bool(node.default or node.actions or node.trigger) or node.type in METADATA_TYPES
    )


def _answers(visit: str, form: str, version: str, above: str, answers: Mapping[str, Value]) -> Iterator[Draft]:
    """Each answer as it may enter the ledger; raises ValueError for one that may not."""
    for path, value in answers.items():
        if len(longest_text(value)) > MAX_TEXT:
            raise ValueError("text too long")
        if (said := clean_value(value)) not in NO_ANSWER:
            yield Draft(visit, acts.ANSWER, form, above + path, said, version)
