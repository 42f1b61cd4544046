"""The real places of a site, and what stands at them."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from assessor_tui.assess.places import SitePlace, place_kinds, place_named, placed_rows, places_of
from assessor_tui.config import shipped
from assessor_tui.form.model import Form, Question, Repeat
from assessor_tui.ledger import entry as acts
from assessor_tui.materials import load_materials
from assessor_tui.store.ledger import Store
from assessor_tui.tui.shown.outline import by_place
from assessor_tui.tui.shown.places import earlier_findings, lines_there
from assessor_tui.tui.widgets.outline_line import Line
from assessor_tui.visit import create_visit
from tests.sample_visit import new_visit
from tests.tui_visits import add_row
from tests.walk_world import text

HEADER, CONTROL, GATE = "visit_header", "pollution_control", "gate"


def place(name, kind):
    return SitePlace(name, {"en-HK": name}, kind)


def site(visit):
    return places_of(visit.scheme, visit.filling(HEADER))


def test_without_places_of_its_own_a_site_has_the_standard_ones(tmp_path):
    with Store.open(tmp_path) as store:
        store.identify("Chan", "lead")
        visit = new_visit(store)
        assert [each.name for each in site(visit)] == [name for name, _label in visit.scheme.places]
        assert all(each.name == each.kind for each in site(visit))


def test_the_sites_own_places_come_first_and_standard_ones_stay_where_it_names_none(tmp_path):
    with Store.open(tmp_path) as store:
        store.identify("Chan", "lead")
        visit = new_visit(store)
        add_row(visit, HEADER, "site_places", place_name="Coating hall", place_kind=("production",))
        add_row(visit, HEADER, "site_places", place_name="Mixing hall", place_kind=("production",))
        add_row(visit, HEADER, "site_places", place_name="coating  HALL", place_kind=("stores",))
        add_row(visit, HEADER, "site_places", place_kind=("gate",))
        places = site(visit)
        assert [(each.name, each.kind) for each in places][:2] == [
            ("Coating hall", "production"), ("Mixing hall", "production"),
        ]  # fmt: skip
        assert "production" not in {each.name for each in places}
        assert {"gate", "office", "stores", "utilities", "treatment"} <= {each.name for each in places}


def test_a_place_called_as_a_standard_one_of_another_kind_is_not_mixed_up_with_it(tmp_path):
    with Store.open(tmp_path) as store:
        store.identify("Chan", "lead")
        visit = new_visit(store)
        add_row(visit, HEADER, "site_places", place_name="office", place_kind=("stores",))
        names = [each.name for each in site(visit)]
        assert len(set(names)) == len(names)
        assert {each.kind for each in site(visit)} == {name for name, _label in visit.scheme.places}


def test_a_place_is_known_however_it_is_written():
    places = [place("Coating hall B", "production"), place("楼顶治理设施区", "treatment"), place("Hall A", "stores")]
    assert place_named(places, "ＣＯＡＴＩＮＧ hall b").name == "Coating hall B"
    assert place_named(places, "coating").name == "Coating hall B"
    assert place_named(places, "楼顶").name == "楼顶治理设施区"
    assert place_named(places, "in Coating hall B, north end").name == "Coating hall B"
    assert place_named(places, "hall") is None
    assert place_named(places, "A") is None
    assert place_named(places, "") is None
    assert place_named(places, "somewhere else") is None


def test_a_question_of_a_table_is_asked_where_its_table_is():
    form = Form("f", "1", text("F"), (
        Repeat("devices", text("Devices"), (Question("text", "name", text("Name")),
                                            Question("text", "where", text("Where"), role="place")), place="treatment"),
        Question("text", "free", text("Free")),
    ))  # fmt: skip
    assert place_kinds(form) == {
        "devices": "treatment", "devices/name": "treatment", "devices/where": "treatment", "free": "",
    }  # fmt: skip


KINDS = ["", "office", "production", "stores", "unknown"]
LINES = st.lists(
    st.tuples(st.sampled_from(["question", "repeat", "group", "form"]), st.sampled_from(KINDS)), max_size=40
)
PLACES = st.lists(
    st.tuples(st.sampled_from(["Hall A", "Hall B", "Office", "Shed"]), st.sampled_from(KINDS[:4])),
    max_size=4,
    unique_by=lambda each: each[0],
)


@given(LINES, PLACES)
def test_every_line_stands_under_each_place_of_its_kind_and_none_is_lost(lines, places):
    lines = [Line(kind, "air", f"q{index}", place=at) for index, (kind, at) in enumerate(lines)]
    places = [place(name, kind) for name, kind in places]
    known = {}
    for _ in range(2):  # the second time out of memory
        shown = by_place(lines, places, "en-HK", {}, known)
        for line in lines:
            under = [each.place for each in shown if each.path == line.path and each.kind == line.kind]
            if line.kind in ("group", "form"):
                assert under == []
            else:
                assert under == ([each.name for each in places if each.kind == line.place != ""] or [line.place])
        heading = ""
        for each in shown:
            heading = each.path if each.kind == "place" else heading
            assert each.place == heading


def test_a_row_stands_where_it_says_and_one_that_says_nothing_where_its_table_is(tmp_path):
    with Store.open(tmp_path) as store:
        store.identify("Chan", "lead")
        visit = new_visit(store)
        add_row(visit, HEADER, "site_places", place_name="Roof", place_kind=("treatment",))
        add_row(visit, HEADER, "site_places", place_name="Sewage works", place_kind=("treatment",))
        form, table, question = next(
            (name, path.partition("[")[0], model)
            for name, model in visit.forms.items()
            if model.kind == "checklist"
            for path, model in [(each.name, asked) for each, asked in placed_tables_of(model)]
        )
        there = add_row(visit, form, table, **{question: "sewage WORKS"})
        nowhere = add_row(visit, form, table)
        kind = next(kind for path, _typed, kind in placed_rows(visit.forms[form], visit.filling(form)) if path == there)
        lines = lines_there(visit, site(visit))
        assert [line.path for line in lines["Sewage works"] if line.path == there] == [there]
        at = [name for name, found in lines.items() if any(line.path == nowhere for line in found)]
        assert at == [each.name for each in site(visit) if each.kind == kind]


def numbered(store):
    """A new visit of one and the same site."""
    answers = {"registered_number": "91440300MA5EXAMPLE", "visit_date": "2026-11-12"}
    return create_visit(store, load_materials(store, shipped("forms"))[0], answers, new_id=lambda: uuid.uuid4().hex)


def placed_tables_of(model):
    from assessor_tui.assess.places import placed_tables

    return [(repeat, question.name) for repeat, question in placed_tables(model)]


def test_findings_of_now_and_of_an_earlier_visit_stand_at_the_place_they_name(tmp_path):
    with Store.open(tmp_path) as store:
        store.identify("Chan", "lead")
        before = numbered(store)
        asked = f"{CONTROL}/has_exhaust_air"
        add_row(before, "findings", "findings", grade=("major",), text="No interlock", question=asked, where="Roof",
                status=("open",))  # fmt: skip
        add_row(before, "findings", "findings", grade=("minor",), text="Was closed", question=asked,
                status=("closed",))  # fmt: skip
        visit = numbered(store)
        add_row(visit, HEADER, "site_places", place_name="Roof", place_kind=("stores",))
        earlier = earlier_findings(store, visit)
        assert [each.finding.text for each in earlier] == ["No interlock"]
        add_row(visit, "findings", "findings", grade=("minor",), text="Log has gaps", question=asked)
        lines = lines_there(visit, site(visit), earlier)
        assert [(line.kind, line.label) for line in lines["Roof"]] == [("earlier", "No interlock")]
        kind = place_kinds(visit.forms[CONTROL])["has_exhaust_air"]
        assert ("finding", "Log has gaps") in [(line.kind, line.label) for line in lines[kind]]
        assert all(line.kind == "placed" for found in lines_there(visit, site(visit), earlier, hidden=True).values()
                   for line in found)  # fmt: skip
        row = f"findings[{visit.filling('findings').rows('findings')[0]}]"
        assert visit.record(acts.REMOVE_ROW, "findings", row).entries
        kinds = {line.kind for found in lines_there(visit, site(visit), earlier).values() for line in found}
        assert kinds == {"earlier"}
