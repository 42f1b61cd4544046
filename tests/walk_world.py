"""A small visit for the tests of the terminal program: one checklist with a question of every kind."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from assessor_tui.form.model import Choice, FindingText, Form, Group, Question, Repeat, Scoring
from assessor_tui.form.scheme import Category, FormUse, Level, Parameter, Scheme
from assessor_tui.store.ledger import Store
from assessor_tui.tui.app import AssessorApp
from assessor_tui.visit import Materials, Visit, create_visit


def text(english: str, chinese: str = "") -> dict[str, str]:
    return {"en-HK": english, "zh-Hant-HK": chinese or f"題{english}", "zh-Hans-CN": chinese or f"题{english}"}


CHOICES = {
    "ypn": (
        Choice("yes", text("Yes", "是")),
        Choice("partial", text("Partly", "部分")),
        Choice("no", text("No", "否")),
    ),
    "many": tuple(Choice(f"c{number}", text(f"Metal {number}")) for number in range(1, 13)),
    "kinds": (Choice("a", text("Manufacturing")), Choice("b", text("Supply chain"))),
}

AIR = Form(
    "air",
    "1",
    text("Air", "空氣"),
    (
        Group(
            "outlets",
            text("Outlets"),
            (
                Question(
                    "select_one", "led", text("Is every outlet led to control equipment?", "排放口是否接駁？"), "3.01",
                    guidance=text("Walk the roof."), list_name="ypn", points={"yes": "4", "partial": "2", "no": "0"},
                    evidence={"yes": ("photo",)}, reason=("partial",), place="treatment",
                    finding={"no": FindingText("minor", text("No control at {where}."))},
                ),
                Question("select_one", "log", text("Is the run time recorded?"), "3.02", list_name="ypn",
                         points={"yes": "4", "partial": "2", "no": "0"}, relevant="${led} != 'no'", place="office"),
                Question("quantity", "used", text("Electricity used"), "3.03", units=("kWh", "MWh"),
                         constraint=". >= 0", constraint_message=text("Not below zero."),
                         warning=". < 1000", warning_message=text("Is the unit right?"), place="office"),
                Question("date", "tested", text("Date of the test"), "3.04", place="office"),
                Question("text", "who", text("Who looks after it?"), "3.05", place="treatment"),
            ),
        ),
        Group(
            "more",
            text("More"),
            (
                Question("select_multiple", "seen", text("What was seen?"), "3.06", list_name="ypn"),
                Question("select_one", "metal", text("Which metal?"), "3.07", list_name="many"),
                Question("acknowledge", "told", text("The site was told"), "3.08"),
                Repeat("meters", text("Meters"), (
                    Question("text", "meter", text("Meter"), "3.09.1"),
                    Question("integer", "fitted", text("Fitted"), "3.09.2"),
                ), "3.09", row_label="${meter}", at_least=1),
                Question("calculate", "twice", text("Twice the electricity"), "3.10", calculation="${used} * 2"),
            ),
        ),
    ),
    CHOICES,
    "3",
    scoring=Scoring("points"),
)  # fmt: skip

HEADER = Form(
    "visit_header",
    "1",
    text("Visit"),
    (
        Question("text", "site_name_en", text("Site"), "H.01"),
        Question("text", "site_name_zh", text("Site, Chinese"), "H.02"),
        Question("date", "visit_date", text("Day"), "H.03"),
        Question("select_one", "category", text("Category"), "H.04", list_name="kinds"),
    ),
    CHOICES,
    "H",
    "header",
)
FINDINGS = Form(
    "findings",
    "1",
    text("Findings"),
    (Repeat("findings", text("Findings"), (
        Question("select_one", "grade", text("Grade"), list_name="ypn"),
        Question("text", "question", text("Question")),
        Question("text", "text", text("Finding")),
    ), row_letter="F"),),
    CHOICES,
    "F",
    "findings",
)  # fmt: skip

SCHEME = Scheme(
    "example", "1", text("Example"), "draft criteria", "visit_header", "findings",
    (Category("a", text("Manufacturing"), (FormUse("air", "1"),), (Level("gold", text("Gold"), "gold_from"),)),
     Category("b", text("Supply chain"), (FormUse("air", "1"),), ())),
    {"gold_from": Parameter("gold_from", text("Gold from"), "80")},
    (("office", text("Office")), ("treatment", text("Treatment"))), (), "visit_header/category",
)  # fmt: skip


def new_id() -> str:
    return uuid.uuid4().hex


def materials(store: Store) -> Materials:
    forms = {form.form_id: (form, store.add_form(form)) for form in (HEADER, AIR, FINDINGS)}
    return Materials(SCHEME, store.add_scheme(SCHEME), forms)


def make_visit(store: Store, name: str = "Kam Fung") -> Visit:
    answers = {"site_name_en": name, "site_name_zh": "金豐", "visit_date": "2026-11-12", "category": ("a",)}
    return create_visit(store, materials(store), answers, new_id=new_id)


@asynccontextmanager
async def program(
    folder: Path, place: str = "walk", target: str = "", size: tuple[int, int] = (80, 24)
) -> AsyncIterator:
    """The running program and its pilot on one visit, loaded."""
    with Store.open(folder) as store:
        if store.device is None:
            store.identify("Chan T.M.", "lead")
        visits = store.visits()
        visit_id = visits[0].id if visits else make_visit(store).id
        app = AssessorApp(store, place=place, visit_id=visit_id, target=target, language="en-HK", new_id=new_id)
        async with app.run_test(size=size) as pilot:
            await loaded(app, pilot)
            yield app, pilot


async def loaded(app: AssessorApp, pilot) -> None:
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def shown(app: AssessorApp) -> str:
    """What stands on the screen."""
    return "\n".join(
        "".join(piece.text for piece in strip).rstrip() for strip in app.screen._compositor.render_strips()
    )
