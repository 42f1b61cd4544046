"""A small form with a question of every type, as an imported one is: one language, messages, outputs, nested tables."""

from collections.abc import Sequence
from pathlib import Path

from assessor_tui.form.model import Action, Choice, Form, Group, Question, Repeat
from assessor_tui.store.ledger import Store
from assessor_tui.using_form import use_form
from assessor_tui.visit import Visit
from tests.small_visit import begin, laptop

ALL = "all_types"


def said(text: str) -> dict[str, str]:
    return {"en": text}


def _choices(*labels: str) -> tuple[Choice, ...]:
    return tuple(Choice(label.lower(), said(label)) for label in labels)


TOWNS = tuple(
    Choice(f"t{number:03}", said(f"Town {number:03}"), {"county": "east" if number % 2 else "west"})
    for number in range(60)
)

FORM = Form(
    ALL,
    "1",
    said("All types"),
    (
        Question("start", "began"),
        Question("today", "day_of_filling"),
        Question("username", "who"),
        Question("deviceid", "device"),
        Question("hidden", "kept_hidden", default="'secret'"),
        Question("note", "intro", said("**Read** this <span style='color:red'>first</span>.")),
        Group("basics", said("Basics"), (
            Question("text", "name", said("What is the place called?"), hint=said("As on the **sign**"),
                     required="yes", required_message=said("A place needs a name.")),
            Question("integer", "people", said("How many people work at ${name}?"), constraint=". > 0",
                     constraint_message=said("${name} has somebody, surely.")),
            Question("decimal", "area", said("Floor area")),
            Question("quantity", "power", said("Power used"), units=("kWh", "MWh")),
            Question("range", "smell", said("How strong is the smell?"), parameters="start=0 end=10 step=2"),
            Question("calculate", "dense", said("People for each unit of area"), calculation="${people} div ${area}",
                     decimals=1),
        ), appearance="field-list"),
        Group("when", said("When and where"), (
            Question("date", "opened_on", said("Opened on")),
            Question("date", "since", said("In this town since"), appearance="month-year"),
            Question("time", "shift", said("The shift begins at")),
            Question("datetime", "seen", said("Seen at"), constraint=". <= now()",
                     constraint_message=said("Not in the future.")),
            Question("geopoint", "gate", said("Where is the gate?")),
            Question("geotrace", "fence", said("Along the fence")),
            Question("geoshape", "yard", said("Round the yard")),
        )),
        Group("chosen", said("Choices"), (
            Question("select_one", "tidy", said("Is it tidy?"), list_name="yn"),
            Question("select_multiple", "metals", said("Which metals?"), list_name="metals"),
            Question("rank", "worst", said("What is worst?"), list_name="metals"),
            Question("select_one", "county", said("Which county?"), list_name="counties"),
            Question("select_one", "town", said("Which town?"), list_name="towns",
                     choice_filter="county = ${county}"),
            Question("select_multiple", "markets", said("Which towns does it sell to?"), list_name="towns"),
            Question("acknowledge", "told", said("The site was told.")),
            Question("text", "greeting", said("Greeting"),
                     actions=(Action("change", "concat('Hello ', ${name})", "${name}"),)),
        )),
        Question("file", "photo", said("A photo of the gate")),
        Repeat("halls", said("Halls"), (
            Question("text", "hall", said("Name of the hall")),
            Repeat("lines", said("Lines"), (
                Question("text", "line", said("Name of the line")),
                Repeat("machines", said("Machines"), (
                    Question("text", "machine", said("Name of the machine")),
                    Question("time", "serviced", said("Serviced at")),
                ), row_label="${machine}"),
            ), row_label="${line}", first_rows=({},)),
        ), row_label="${hall}", first_rows=({},)),
        Question("text", "why_untidy", said("Why is it not tidy?"), relevant="${tidy} = 'no'"),
    ),
    {
        "yn": _choices("Yes", "No"),
        "metals": _choices("Lead", "Zinc", "Tin"),
        "counties": _choices("East", "West"),
        "towns": TOWNS,
    },
    languages=("en",),
)  # fmt: skip


def visit_with(store: Store, *forms: Form) -> Visit:
    """A new small visit that uses these forms, too."""
    visit = begin(store)
    for form in forms:
        recorded = use_form(visit, form)
        assert not recorded.problems, recorded.problems
    return visit


def prepared(folder: Path, forms: Sequence[Form] = (FORM,)) -> tuple[Store, Visit]:
    """A laptop with such a visit."""
    store = laptop(folder, "Chan Tai Man", "lead")
    return store, visit_with(store, *forms)
