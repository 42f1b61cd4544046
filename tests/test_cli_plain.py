"""The walk line by line: what a screen reader hears, and what a line typed does."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assessor_tui.cli.plain import Plain
from assessor_tui.config import shipped
from assessor_tui.i18n import set_language
from assessor_tui.ledger.value import Evidence, Quantity, Value
from assessor_tui.materials import load_materials
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Visit, create_visit
from tests.cli_world import named, new_visit
from tests.sample_visit import clock, identities
from tests.test_cli_story import FILES
from tests.walk_world import make_visit


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Visit]:
    """A new visit of the small scheme."""
    set_language("en-HK")
    forms = tmp_path / "forms"
    forms.mkdir()
    for name, text in FILES.items():
        (forms / name).write_text(text, encoding="utf-8")
    with Store.open(tmp_path / "data", now=clock()) as store:
        store.identify("Chan Tai Man", "lead")
        (materials,) = load_materials(store, forms)
        answers: dict[str, Value] = {
            "site_name_en": "Alpha",
            "visit_date": "2026-11-12",
            "category": ("making",),
            "person": "Mr Ho",
        }
        yield create_visit(store, materials, answers, new_id=identities("plain"))


def walked(visit: Visit, *lines: str, at: str = "") -> str:
    """Everything that was said while these lines were typed; the input ends after them."""
    said: list[str] = []
    waiting = iter(lines)

    def ask(prompt: str) -> str | None:
        said.append(prompt)
        return next(waiting, None)

    form, _, path = at.partition("/")
    Plain(visit, ask, said.append).run(form, path)
    return "\n".join(said)


def value(visit: Visit, path: str, form: str = "list") -> object:
    return visit.filling(form).state(path).value


def test_it_begins_at_the_first_question_without_an_answer(visit: Visit) -> None:
    said = walked(visit)
    assert "1.01 of Checklist, question 1 of 2\nAre there meters?\n1 Yes\n2 No\nDemanded: an answer, proof\n" in said
    assert said.endswith("Stopped. Everything is saved.")


def test_a_digit_answers_and_goes_on_when_nothing_more_is_demanded(visit: Visit) -> None:
    said = walked(visit, "２")
    assert value(visit, "has_meters") == ("no",)
    assert "Saved " in said
    assert "Checklist: 1 of 2. Total 1 of 2." in said
    assert "1.03 of Checklist" in said


def test_an_answer_that_demands_proof_says_so_stays_and_goes_on_with_the_proof(visit: Visit) -> None:
    picture = shipped("sample_sites") / "battery_maker/pictures/meter-substation.png"
    said = walked(visit, "1", f"p {picture}")
    assert "This answer demands proof (photo)." in said
    before, _, after = said.partition("This answer demands proof (photo).")
    assert "1.02 of Checklist" not in before
    assert "1.02 of Checklist" in after, "the proof was all that was demanded"
    assert len(visit.state.evidence("list", "has_meters")) == 1


def test_a_value_is_typed_and_a_wrong_one_is_refused_with_the_same_sentence(visit: Visit) -> None:
    said = walked(visit, "much", "12.5", "12.5 kWh", at="list/power")
    assert "much is not a number." in said
    assert "The number needs its unit. Add one of kWh, MWh." in said
    assert str(value(visit, "power")) == "Quantity(n='12.5', u='kWh')"


def test_undo_takes_back_and_redo_does_it_again(visit: Visit) -> None:
    said = walked(visit, "2", "u", "U", "c", at="list/has_meters")
    assert said.count("Saved ") == 4
    assert value(visit, "has_meters") is None
    assert "There is nothing to do again." in walked(visit, "U")


def test_not_applicable_and_to_come_ask_for_words(visit: Visit) -> None:
    walked(visit, "-", "", "-", "No meters at all", at="list/has_meters")
    assert visit.filling("list").state("has_meters").status == "not applicable"
    walked(visit, "+", "Invoice", "Mr Ho", "soon", "20", at="list/power")
    standing = visit.state.standing("list", "power")
    assert standing is not None
    assert (standing.status, standing.entry.why) == ("to come", "Invoice\nMr Ho\n2026-11-20")
    assert "Now: to come (Invoice, from Mr Ho, until 2026-11-20)" in walked(visit, at="list/power")


def test_rows_are_added_opened_walked_and_removed(visit: Visit) -> None:
    visit.record("answer", "list", "has_meters", ("yes",))
    said = walked(visit, "a", "M-01", "a", "M-02", "1", "s", "r 2", "y", at="list/meters")
    assert "Rows [a add, s go on, b back, q stop]: " in said
    assert "1 M-01 (" in said
    assert [visit.filling("list").row_label(f"meters[{row}]") for row in visit.filling("list").rows("meters")] == [
        "M-01"
    ]
    said = walked(visit, "u", "s", at="list/meters")
    assert len(visit.filling("list").rows("meters")) == 2


def test_going_on_from_a_repeat_leaves_its_rows_out(visit: Visit) -> None:
    visit.record("answer", "list", "has_meters", ("yes",))
    visit.record("add row", "list", "meters")
    said = walked(visit, "s", "b", at="list/meters")
    assert said.index("1.03 of") < said.index("1.02.1 of")


def test_notes_are_written_and_read(visit: Visit) -> None:
    said = walked(visit, "n", "Counted twice", "b", "s", at="list/has_meters")
    assert "Note of Chan Tai Man: Counted twice" in said


def test_a_line_with_an_equals_sign_is_always_an_answer(visit: Visit) -> None:
    walked(visit, "=n", at="head/person")
    assert value(visit, "person", "head") == "n"
    walked(visit, "n ", "", at="head/person")
    assert value(visit, "person", "head") == "n"


def test_find_and_what_is_left_lead_to_a_question(visit: Visit) -> None:
    said = walked(visit, "／電力", "1", at="head/person")
    assert "1 1.03 Electricity" in said
    assert said.count("1.03 of Checklist") == 1
    said = walked(visit, "o", "1", at="head/person")
    assert "1 1.01 Are there meters?. 2 questions in a row" in said
    assert "1.01 of Checklist" in said


def test_the_language_of_the_card_changes_alone(visit: Visit) -> None:
    said = walked(visit, "l", at="list/has_meters")
    assert "有錶計嗎？" in said
    assert said.endswith("Stopped. Everything is saved.")


def test_a_record_without_a_file_is_proof(visit: Visit) -> None:
    walked(visit, "d", "", "1", "91440", "Bureau", "", "", "Office", at="list/has_meters")
    ((_, entry),) = visit.state.evidence("list", "has_meters")
    assert isinstance(entry.value, Evidence)
    assert dict(entry.value.about) == {"number": "91440", "issuer": "Bureau", "kept": "Office"}


def test_nothing_is_lost_when_the_input_ends_in_the_middle(visit: Visit) -> None:
    before = len(visit.state)
    for lines in (["n"], ["-"], ["d", ""], ["/"], ["o"], ["p"], ["1", "d"]):
        assert walked(visit, *lines, at="list/has_meters").endswith("Stopped. Everything is saved.")
    assert len(visit.state) == before + 1


def test_a_conflict_is_told_and_settled_by_the_number_of_a_side(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lead = named(tmp_path / "lead", capsys)
    new_visit(lead)
    lead.ok("bundle", "make", "alpha", "-o", tmp_path / "out")
    lee = named(tmp_path / "lee", capsys, "Lee", "assessor")
    lee.ok("merge", tmp_path / "out")
    lead.ok("answer", "alpha", "visit_header/contact_person", "Mr Ho")
    lee.ok("answer", "alpha", "visit_header/contact_person", "Ms Lam")
    lee.ok("bundle", "make", "alpha", "--delta", "-o", tmp_path / "back")
    assert lead("merge", tmp_path / "back").code == 3
    with Store.open(tmp_path / "lead") as store:
        visit = Visit(store, store.visits()[0].id, new_id=identities("x"))
        said = walked(visit, "Somebody", "1", "Asked again", at="visit_header/contact_person")
        assert "Two people answered differently." in said
        assert "Type the number of the side that stands." in said
        assert visit.state.conflicts == {}


def test_the_command_reads_lines_until_they_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import io
    import sys

    laptop = named(tmp_path, capsys)
    new_visit(laptop)
    monkeypatch.setattr(sys, "stdin", io.StringIO("=Cells\nq\n"))
    said = laptop.ok("walk", "alpha", "--plain", "--at", "visit_header/main_products")
    assert "Saved " in said.out
    assert said.out.endswith("Stopped. Everything is saved.\n")
    assert laptop("walk", "alpha", "--plain", "--at", "visit_header/nothing").code == 2


def test_lines_pasted_at_once_are_taken_one_by_one(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.identify("Chan", "lead")
        visit = make_visit(store)
        row = visit.record("add row", "air", "meters").entries[0][1].path
        told: list[str] = []
        lines = iter(
            ["3.01 2 log has gaps", "3.03 12,5 kWh", "3.03 1,200 kWh", "3.05 Mr Ho", "3.09.2 7", "/3.01 9", "3.01", "q"]
        )
        Plain(visit, lambda prompt: next(lines, None), told.append).run("air", "led")
        said = "\n".join(told)
        assert "3.01: Partly. Note: log has gaps. Saved " in said
        assert "3.03: nothing recorded." in said
        assert "3.03: 1200 kWh. Saved " in said
        assert "3.05: Mr Ho. Saved " in said
        assert "3.09.2: 7. Saved " in said
        assert "3.01: nothing recorded. 9 is none of the choices here" in said
        assert visit.filling("air").state(f"{row}/fitted").status == "answered"
        assert said.count("Is every outlet led") == 1  # the walk stayed where it was


def test_a_line_that_can_answer_two_questions_is_not_guessed(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.identify("Chan", "lead")
        visit = make_visit(store)
        told: list[str] = []
        before = len(visit.state)
        lines = iter(["3.05 kWh", "q"])
        Plain(visit, lambda prompt: next(lines, None), told.append).run("air", "used")
        assert len(visit.state) == before
        assert any("Begin it with = for this one, / for 3.05" in line for line in told)
        lines = iter(["=3.05 kWh", "q"])
        Plain(visit, lambda prompt: next(lines, None), told.append).run("air", "used")
        assert visit.filling("air").state("used").value == Quantity("3.05", "kWh")


def test_a_line_over_the_colleagues_answer_records_nothing_and_swallows_no_line(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.identify("Chan", "lead")
        visit = make_visit(store)
        visit.record("answer", "air", "led", ("yes",))
        store.set_person("Lee")
        told: list[str] = []
        lines = iter(["3.01 2 seen", "3.05 Mr Ho", "q"])
        Plain(visit, lambda prompt: next(lines, None), told.append).run("air", "tested")
        assert any("Chan answered this" in line and "/3.01" in line for line in told)
        assert visit.filling("air").state("led").value == ("yes",)
        assert visit.filling("air").state("who").value == "Mr Ho"


def test_a_date_in_another_spelling_is_said_back(visit: Visit) -> None:
    said = walked(visit, "5/11", at="head/visit_date")

    assert "= 2026-11-05" in said


def test_a_line_with_a_number_far_from_the_others_is_asked_about_and_swallows_no_line(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.identify("Chan", "lead")
        visit = make_visit(store)
        rows = [visit.record("add row", "air", "meters").entries[0][1].path for _ in range(3)]
        lines = iter(
            ["3.09.2#1 10", "3.09.2#2 11", "3.09.2#3 1000", "3.05 Mr Ho", "3.09.2#3 900", "n", "3.09.2#3 800", "y", "q"]
        )
        told: list[str] = []
        Plain(visit, lambda prompt: next(lines, None), told.append).run("air", "led")
        said = "\n".join(told)
        assert "3.09.2#3: 1000 is about 90 times the other rows (11)" in said
        assert said.count("3.09.2#3: nothing recorded.") == 2
        assert visit.filling("air").state("who").value == "Mr Ho"
        assert visit.filling("air").state(f"{rows[2]}/fitted").value == Quantity("800")


def test_what_was_returned_is_told_and_replied_to(visit: Visit) -> None:
    from assessor_tui.ledger.returns import returns_of
    from assessor_tui.returning import give_back

    visit.record("answer", "list", "power", Quantity("12", "kWh"))
    assert "Nothing was returned here." in walked(visit, "r", "q", at="list/power")
    give_back(visit, [("list", "power")], "Which month?")
    said = walked(visit, "r", "March.", "q", at="list/power")
    assert "Returned by Chan Tai Man, 2026-" in said
    assert "Which month?" in said
    assert "reply with r" in said
    assert [each.state for each in returns_of(visit.state)] == ["replied"]
    assert "Which month?" not in walked(visit, "q", at="list/power")
    give_back(visit, [("list", "power")], "And which meter?")
    assert "And which meter?" in walked(visit, "r It is the main one.", "q", at="list/power")
    assert [entry.value for _digest, entry in visit.state.comments("list", "power")] == [
        "March.",
        "It is the main one.",
    ]
