"""A scheme of three small forms and laptops that share a visit under it, for tests of the road and of carrying."""

from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path

from assessor_tui.form.model import Choice, FindingText, Form, Group, Question, Repeat, Scoring
from assessor_tui.form.scheme import Category, FormUse, Level, Parameter, Scheme
from assessor_tui.ledger.value import Quantity, Value
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Materials, Visit, create_visit

NINE = 1_794_445_200_000_000
"""2026-11-12T09:00:00+08:00 in microseconds."""
DAY = "2026-11-12"


def text(words: str) -> dict[str, str]:
    return {"en-HK": words, "zh-Hant-HK": words, "zh-Hans-CN": words}


def choices(*names: str) -> tuple[Choice, ...]:
    return tuple(Choice(name, text(name)) for name in names)


def asked(type_: str, name: str, **columns: object) -> Question:
    return Question(type_, name, **{"label": text(name), **columns})  # type: ignore[arg-type]


HEADER = Form(
    "header", "1", text("Header"),
    (
        asked("text", "site_name_zh"), asked("text", "site_name_en"), asked("text", "registered_number"),
        asked("date", "visit_date"), asked("select_one", "category", list_name="categories"),
    ),
    {"categories": choices("best", "good")}, kind="header",
)  # fmt: skip

CHECK = Form(
    "check", "1", text("Checklist"),
    (
        asked("select_one", "meter", list_name="yes_no", points={"yes": "2", "partly": "1", "no": "0"}, required="yes",
              evidence={"yes": ("photo",)}, reason=("partly",), finding={"no": FindingText("major", text("No meter"))}),
        asked("quantity", "power", units=("kWh", "MWh"), constraint=". >= 0", constraint_message=text("not below 0"),
              warning=". < 5000", warning_message=text("much")),
        asked("select_multiple", "carriers", list_name="carriers"),
        asked("text", "words"),
        asked("date", "expires", warning=". >= today()", warning_message=text("expired")),
        asked("integer", "share", default="5"),
        asked("select_one", "gate", list_name="yes_no", veto=("no",), not_applicable=False),
        asked("text", "fixed", read_only="yes"),
        asked("calculate", "twice", calculation="${power} * 2"),
        asked("note", "read_me"),
        asked("file", "plan"),
        Group("more", text("More"), (asked("text", "why_not"),), relevant="${meter} = 'no'"),
        Repeat(
            "outlets", text("Outlets"),
            (
                asked("text", "tag"), asked("integer", "number", default="position(..)"),
                Repeat("tests", text("Tests"), (asked("decimal", "result"),)),
            ),
            row_label="${tag}", row_letter="O",
        ),
        Repeat("months", text("Months"), (asked("decimal", "used"),), repeat_count="2"),
        asked("select_one", "worst", rows_of="outlets"),
    ),
    {"yes_no": choices("yes", "partly", "no"), "carriers": choices("grid", "gas", "sun")},
    scoring=Scoring("points"),
)  # fmt: skip

FINDINGS = Form(
    "findings", "1", text("Findings"),
    (
        Repeat(
            "findings", text("Findings"),
            (
                asked("select_one", "grade", list_name="grades"), asked("text", "text"), asked("text", "owner"),
                asked("date", "due"),
            ),
            row_letter="F",
        ),
    ),
    {"grades": choices("major", "minor")}, kind="findings",
)  # fmt: skip

FORMS = {form.form_id: form for form in (HEADER, CHECK, FINDINGS)}


def scheme() -> Scheme:
    levels = (Level("best", text("Best"), "best_at_least"),)
    categories = tuple(
        Category(name, text(name), (FormUse("check", "100"),), levels if name == "best" else ())
        for name in ("best", "good")
    )
    parameters = {"best_at_least": Parameter("best_at_least", text("From"), "85")}
    return Scheme(
        "small", "1", text("Small"), "draft criteria", "header", "findings", categories, parameters,
        category_question="header/category",
    )  # fmt: skip


def materials(store: Store) -> Materials:
    ours = scheme()
    return Materials(ours, store.add_scheme(ours), {name: (form, store.add_form(form)) for name, form in FORMS.items()})


def clock(start: int = NINE) -> Callable[[], int]:
    ticks = count(start, 1_000_000)
    return lambda: next(ticks)


def ids(letter: str) -> Callable[[], str]:
    """32 hexadecimal digits each, counted."""
    numbers = count(1)
    return lambda: f"{letter}{next(numbers):031x}"


def laptop(folder: Path, person: str, role: str = "assessor") -> Store:
    store = Store.open(folder, now=clock())
    store.identify(person, role)
    return store


def begin(store: Store, letter: str = "a", **header: Value) -> Visit:
    """A new visit on this laptop."""
    answers: Mapping[str, Value] = {"site_name_en": "Mock Works", "visit_date": DAY, "category": ("best",), **header}
    return create_visit(store, materials(store), answers, new_id=ids(letter))


def on_disk(visit: Visit, form: str, path: str) -> tuple[str, Value | None] | None:
    """Status and value that stand when everything is read from the disk again."""
    from assessor_tui.ledger.state import VisitState

    standing = VisitState(visit.store.entries(visit.id)).standing(form, path)
    return None if standing is None else (standing.status, standing.value)


def say(visit: Visit, path: str, value: Value, *, why: str = "", form: str = "check") -> None:
    recorded = visit.record("answer", form, path, value, why=why)
    assert recorded.problems == (), recorded.problems


def kilowatt_hours(number: str) -> Quantity:
    return Quantity(number, "kWh")
