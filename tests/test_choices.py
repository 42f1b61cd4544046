"""What can be chosen: filters, cascades, files, nodes, order, search; and that looking up gives what looking gives."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor_tui.form.model import Choice, Form, Instance, Node, Question
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.filling import Context, Filling
from assessor_tui.logic.lists import Offered, found
from assessor_tui.logic.shuffle import seed_of, shuffled

from .logic_forms import CHOICES, TODAY, A, B, C, computed, group, many, one, repeat, text

TOWNS = Instance(
    "towns.csv",
    ("name", "label", "district", "province"),
    (
        ("lok", "Lok Ma Chau", "north", "hk"),
        ("tai", "Tai Po", "taipo", "hk"),
        ("chen", "Chencun 陳村", "shunde", "gd"),
        ("bei", "Beijiao 北滘", "shunde", "gd"),
        ("lun", "Lunjiao 伦教", "shunde", "gd"),
        ("", "A row without a name", "shunde", "gd"),
    ),
)


def form_with(*children: Node, instances: Mapping[str, Instance] | None = None, **columns: object) -> Form:
    lists = {"towns": TOWNS, **(instances or {})}
    return Form("example", "1", {"en-HK": "Example"}, children, CHOICES, instances=lists, **columns)  # type: ignore[arg-type]


def filled(*children: Node, language: str = "en-HK", **columns: object) -> Filling:
    compiled = compile_form(form_with(*children, **columns))  # type: ignore[arg-type]
    assert compiled.problems == ()
    return Filling(compiled, Context(TODAY, language))


def problems_of(*children: Node, instances: Mapping[str, Instance] | None = None) -> list[tuple[str, str]]:
    compiled = compile_form(form_with(*children, instances=instances))
    return [(problem.code, problem.parameters.get("found", "")) for problem in compiled.problems]


def names(filling: Filling, path: str) -> list[str]:
    return [choice.name for choice in filling.choices(path)]


def gone(filling: Filling, path: str) -> str:
    return ", ".join(p.parameters["choice"] for p in filling.state(path).problems if p.code == "answer.choice_gone")


# -- lists of files ---------------------------------------------------------------------------------------------------


def test_the_rows_of_a_file_are_the_choices_without_those_that_have_no_name() -> None:
    filling = filled(one("town", "towns"))

    assert names(filling, "town") == ["lok", "tai", "chen", "bei", "lun"]
    assert filling.choices("town")[2].label == {"und": "Chencun 陳村"}


def test_other_columns_can_be_what_is_stored_and_what_is_read() -> None:
    filling = filled(one("town", "towns", parameters="value=district, label=name"))

    assert names(filling, "town") == ["north", "taipo", "shunde", "shunde", "shunde", "shunde"]
    assert filling.choices("town")[0].label == {"und": "lok"}


def test_geojson_is_chosen_by_its_id_and_shown_by_its_title() -> None:
    places = Instance("places.geojson", ("id", "geometry", "title"), (("7", "22.3 114.2 0 0", "Pier"), ("8", "", "")))
    filling = filled(one("place", "places"), instances={"places": places})

    assert filling.choices("place") == (Choice("7", {"und": "Pier"}), Choice("8", {"": "8"}))


def test_a_file_can_say_its_labels_in_several_languages() -> None:
    rows = (("1", "One", "一"), ("2", "Two", ""))
    listed = Instance("n.csv", ("name", "label::en", "label::zh-Hant"), rows)
    filling = filled(one("n", "n"), instances={"n": listed})

    assert filling.choices("n")[0].label == {"en": "One", "zh-Hant": "一"}
    assert filling.choices("n")[1].label == {"en": "Two"}


def test_a_question_whose_file_is_missing_says_which_file_and_where_it_belongs() -> None:
    compiled = compile_form(form_with(one("town", "villages"), instances={"villages": Instance("villages.csv")}))

    (problem,) = compiled.problems
    assert (problem.code, problem.place.path) == ("form.file_missing", "town")
    assert problem.parameters["found"] == "villages.csv"
    assert len(Filling(compiled, Context(TODAY)).choices("town")) == 0


def test_a_file_without_the_column_that_is_stored_is_told() -> None:
    assert problems_of(one("town", "towns", parameters="value=code")) == [("form.no_value_column", "code")]


def test_a_long_list_is_offered_without_making_its_choices() -> None:
    listed = Instance("long.csv", ("name", "label"), tuple((f"n{at}", f"Row {at}") for at in range(1000)))
    filling = filled(one("row", "long"), instances={"long": listed})

    offered = filling.choices("row")
    assert isinstance(offered, Offered)
    assert (len(offered), offered[999].name, [each.name for each in offered[3:5]]) == (1000, "n999", ["n3", "n4"])


# -- filters ----------------------------------------------------------------------------------------------------------


def test_a_cascade_over_three_levels_follows_each_answer_and_flags_what_is_gone() -> None:
    filling = filled(
        one("province", "province"),
        one("district", "towns", parameters="value=district label=district", choice_filter="province = ${province}"),
        one("town", "towns", choice_filter="province = ${province} and district = ${district}"),
    )

    assert names(filling, "town") == []
    filling.set("province", ("gd",))
    filling.set("district", ("shunde",))
    filling.set("town", ("bei",))
    assert names(filling, "town") == ["chen", "bei", "lun"]
    assert not filling.problems

    filling.set("province", ("hk",))
    assert names(filling, "town") == []
    assert (gone(filling, "district"), gone(filling, "town")) == ("shunde", "bei")
    assert filling.state("town").value == ("bei",)

    filling.set("province", ("gd",))
    assert not filling.problems


@pytest.mark.parametrize(
    ("choice_filter", "expected"),
    [
        ("province = ${asked}", ["chen", "bei", "lun"]),
        ("${asked} = province", ["chen", "bei", "lun"]),
        ("./province = ${asked}", ["chen", "bei", "lun"]),
        ("province = current()/../asked", ["chen", "bei", "lun"]),
        ("province = 'gd' and name != 'bei'", ["chen", "lun"]),
        ("province = 'gd' and (name = 'bei' or name = 'lun')", ["bei", "lun"]),
        ("selected('gd hk', province) and name = 'tai'", ["tai"]),
        ("province != ${asked}", ["lok", "tai"]),
        ("contains(label, 'jiao')", ["bei", "lun"]),
        ("position() = 2", ["tai"]),
        ("province = 'gd' and position() mod 2 = 1", ["chen", "lun"]),
        ("position() = last() - 1", ["lun"]),
        ("not(province = 'hk')", ["chen", "bei", "lun"]),
        ("string-length(name) = 4", ["chen"]),
        ("count(../item) = 6 and name = 'lok'", ["lok"]),
        ("../item[1]/district = district", ["lok"]),
        ("regex(name, '[a-c].*')", ["chen", "bei"]),
    ],
)
def test_filters_of_every_kind_keep_what_they_say(choice_filter: str, expected: list[str]) -> None:
    filling = filled(text("asked"), one("town", "towns", choice_filter=choice_filter))
    filling.set("asked", "gd")

    assert names(filling, "town") == expected
    for name in ("lok", "tai", "chen", "bei", "lun"):
        filling.set("town", (name,))
        assert bool(gone(filling, "town")) == (name not in expected), name


def test_a_filter_inside_rows_looks_at_its_own_row() -> None:
    filling = filled(
        repeat("sites", one("province", "province"), one("town", "towns", choice_filter="province = ${province}"))
    )
    for row, province in ((A, "hk"), (B, "gd")):
        filling.add_row("sites", row)
        filling.set(f"sites[{row}]/province", (province,))

    assert names(filling, f"sites[{A}]/town") == ["lok", "tai"]
    assert names(filling, f"sites[{B}]/town") == ["chen", "bei", "lun"]


def test_a_filter_that_is_looked_at_again_knows_of_every_change() -> None:
    filling = filled(text("typed"), one("town", "towns", choice_filter="contains(label, ${typed})"))

    for typed, expected in (("Tai", ["tai"]), ("北", ["bei"]), ("", ["lok", "tai", "chen", "bei", "lun"])):
        filling.set("typed", typed or None)
        assert names(filling, "town") == expected


def test_a_column_that_no_choice_has_is_told_with_the_nearest_one() -> None:
    compiled = compile_form(form_with(text("asked"), one("town", "towns", choice_filter="provinse = ${asked}")))

    (problem,) = compiled.problems
    assert (problem.code, problem.parameters["suggestion"]) == ("form.no_such_column", "province")


def test_rank_and_several_choices_are_flagged_as_single_ones_are() -> None:
    ranked = Question("rank", "order", {"en-HK": "order"}, list_name="city", choice_filter="province = ${province}")
    filling = filled(
        one("province", "province"), many("cities", "city", choice_filter="province = ${province}"), ranked
    )
    filling.set("province", ("gd",))
    filling.set("cities", ("foshan", "zhuhai"))
    filling.set("order", ("zhuhai", "foshan"))
    assert not filling.problems

    filling.set("province", ("hk",))
    assert (gone(filling, "cities"), gone(filling, "order")) == ("foshan, zhuhai", "zhuhai, foshan")


# -- nodes ------------------------------------------------------------------------------------------------------------


def animals(choice_filter: str = "") -> Filling:
    picked = one("picked", "itemset", itemset="${animal}", choice_filter=choice_filter)
    filling = filled(text("size"), repeat("animals", text("animal"), text("legs")), picked)
    for row, animal, legs in ((A, "cat", "4"), (B, "", "2"), (C, "hen", "2")):
        filling.add_row("animals", row)
        filling.set(f"animals[{row}]/animal", animal or None)
        filling.set(f"animals[{row}]/legs", legs)
    return filling


def test_answers_in_rows_can_be_the_choices_and_blank_ones_are_left_out() -> None:
    filling = animals()

    assert filling.choices("picked") == (Choice("cat", {"en-HK": "cat"}), Choice("hen", {"en-HK": "hen"}))
    filling.set(f"animals[{B}]/animal", "owl")
    assert names(filling, "picked") == ["cat", "owl", "hen"]


def test_a_choice_whose_row_is_removed_is_kept_and_flagged() -> None:
    filling = animals()
    filling.set("picked", ("hen",))
    assert not filling.problems

    filling.remove_row(f"animals[{C}]")
    assert (gone(filling, "picked"), filling.state("picked").value) == ("hen", ("hen",))
    filling.add_row("animals", C)
    assert not filling.problems


@pytest.mark.parametrize(
    ("choice_filter", "expected"),
    [
        ("${legs} = ${size}", ["hen"]),
        ("legs = ${size}", ["hen"]),
        ("./legs = '4'", ["cat"]),
        ("position() != 1", ["hen"]),
        ("${animal} != 'cat' and legs = 2", ["hen"]),
    ],
)
def test_a_filter_of_answers_in_rows_is_seen_from_each_row(choice_filter: str, expected: list[str]) -> None:
    filling = animals(choice_filter)
    filling.set("size", "2")

    assert names(filling, "picked") == expected


def test_from_inside_its_rows_a_question_offers_the_answers_of_all_of_them() -> None:
    other = Question("select_one", "eats", {"en-HK": "eats"}, list_name="itemset", itemset="${animal}",
                     choice_filter="position() != position(current()/..)")  # fmt: skip
    filling = filled(repeat("animals", text("animal"), other))
    for row, animal in ((A, "cat"), (B, "hen"), (C, "corn")):
        filling.add_row("animals", row)
        filling.set(f"animals[{row}]/animal", animal)

    assert names(filling, f"animals[{A}]/eats") == ["hen", "corn"]
    assert names(filling, f"animals[{C}]/eats") == ["cat", "hen"]
    filling.remove_row(f"animals[{A}]")
    assert names(filling, f"animals[{C}]/eats") == ["hen"]


@pytest.mark.parametrize(
    ("itemset", "parameters", "expected"),
    [
        ("instance('towns')/root/item[province = 'hk']", "value=name label=label", ["lok", "tai"]),
        ("/data/animals[legs > 2]", "value=animal label=legs", ["cat"]),
        ("randomize(instance('towns')/root/item, 42)", "value=name label=label", ["bei", "tai", "lun", "lok", "chen"]),
        ("instance('towns')/root/item/district", "value=. label=.", ["north", "taipo"] + ["shunde"] * 4),
    ],
)
def test_any_nodes_can_be_the_choices(itemset: str, parameters: str, expected: list[str]) -> None:
    picked = Question("select_one", "picked", {"en-HK": "picked"}, list_name="itemset", itemset=itemset,
                      parameters=parameters)  # fmt: skip
    filling = filled(repeat("animals", text("animal"), text("legs")), picked)
    for row, animal, legs in ((A, "cat", "4"), (B, "hen", "2")):
        filling.add_row("animals", row)
        filling.set(f"animals[{row}]/animal", animal)
        filling.set(f"animals[{row}]/legs", legs)

    assert sorted(names(filling, "picked")) == sorted(expected)


def test_answers_outside_rows_are_no_choices() -> None:
    picked = Question("select_one", "picked", {"en-HK": "picked"}, list_name="itemset", itemset="${size}")

    assert problems_of(text("size"), picked) == [("form.not_in_repeat", "size")]


def test_nodes_that_are_called_by_the_id_of_a_text_are_named_in_every_language() -> None:
    said = {"t1": {"en-HK": "One", "zh-Hant-HK": "一"}, "t2": {"en-HK": "Two"}}
    listed = Instance(columns=("name", "itextId"), rows=(("1", "t1"), ("2", "t2")))
    picked = one(
        "picked", "itemset", itemset="instance('n')/root/item", parameters="value=name label=jr:itext(itextId)"
    )
    filling = filled(picked, instances={"n": listed}, extra={"itext": said}, languages=("en-HK", "zh-Hant-HK"))

    assert [choice.label for choice in filling.choices("picked")] == [
        {"en-HK": "One", "zh-Hant-HK": "一"},
        {"en-HK": "Two", "zh-Hant-HK": "Two"},
    ]
    assert filling.language == "en-HK"


# -- order ------------------------------------------------------------------------------------------------------------


def test_a_seed_gives_the_order_that_other_programs_give() -> None:
    # Park and Miller's sequence from 1 is 16807, 282475249, 1622650073: places 0 of 1, 0 of 2, 2 of 3.
    assert shuffled("abc", 1) == ["b", "a", "c"]
    assert shuffled("abcdefgh", 42) == shuffled("abcdefgh", 42 + 2**31 - 1)
    assert shuffled([], 7) == []
    assert sorted(shuffled(range(100), -3)) == list(range(100))


def test_a_seed_that_is_no_number_is_hashed_and_a_blank_one_is_zero() -> None:
    assert seed_of("1234", 1234.0) == 1234
    assert seed_of("", float("nan")) == 0
    # SHA-256 of foo begins with 2c26b46b68ffc68f; a double keeps 53 bits of that.
    assert seed_of("foo", float("nan")) == int(float(0x2C26B46B68FFC68F))


@pytest.mark.parametrize("seed", ["42", "${seed}", "21 * 2", "int(${seed})"])
def test_choices_are_shuffled_by_a_seed_however_it_is_written(seed: str) -> None:
    filling = filled(text("seed"), one("town", "towns", parameters=f"randomize=true seed={seed}"))
    filling.set("seed", "42")

    assert names(filling, "town") == shuffled(["lok", "tai", "chen", "bei", "lun"], 42)


def test_several_chosen_are_stored_in_the_order_of_the_list_however_it_is_shown() -> None:
    filling = filled(
        many("towns", "towns", parameters="randomize=true seed=4"), one("town", "towns"), repeat("r", text("t"))
    )

    assert filling.in_list_order("towns", ["lun", "nowhere", "lok", "chen"]) == ("lok", "chen", "lun", "nowhere")


def test_without_a_seed_the_order_is_shuffled_once_and_differs_by_question() -> None:
    listed = Instance("long.csv", ("name", "label"), tuple((f"n{at}", f"Row {at}") for at in range(40)))
    questions = [one(f"q{at}", "long", parameters="randomize=true") for at in range(3)]
    first = filled(*questions, instances={"long": listed})
    again = filled(*questions, instances={"long": listed})

    assert names(first, "q0") == names(again, "q0") != names(first, "q1")
    assert sorted(names(first, "q0")) == sorted(f"n{at}" for at in range(40))


# -- in expressions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("calculation", "expected"),
    [
        ("instance('towns')/root/item[name = ${typed}]/label", "Beijiao 北滘"),
        ("instance('towns')/root/item[${typed} = name]/district", "shunde"),
        ("instance('towns')/root/item[province = 'gd'][name = ${typed}]/label", "Beijiao 北滘"),
        ("instance('towns')/root/item[2]/name", "tai"),
        ("instance('towns')/root/item[province = 'gd'][2]/name", "bei"),
        ("count(instance('towns')/root/item[province = 'gd'])", "4"),
        ("count(instance('towns')/root/item)", "6"),
        ("count(instance('towns')//district)", "6"),
        ("join(' ', instance('towns')/root/item[contains(label, 'ja') or name = ${typed}]/name)", "bei"),
        ("instance('towns')/root/item[name = 'chen']/following-sibling::item[1]/name", "bei"),
        ("count(instance('towns')/root/item[name = 'tai'] | instance('towns')/root/item[label = 'Tai Po'])", "1"),
        ("pulldata('towns', 'label', 'name', ${typed})", "Beijiao 北滘"),
        ("pulldata('towns', 'name', 'province', 'gd')", "chen"),
        ("pulldata('towns', 'label', 'name', 'nowhere')", ""),
        ("instance('city')/root/item[name = 'foshan']/label", "Foshan"),
        ("instance('city')/root/item[name = 'foshan']/province", "gd"),
        ("instance('tree')/trees/tree[@kind = 'oak']/leaf[2]", "b"),
        (
            "join('', randomize(instance('city')/root/item/name, 7))",
            "".join(shuffled(["shatin", "foshan", "zhuhai"], 7)),
        ),
        ("jr:choice-name('tai', '${town}')", "Tai Po"),
        ("jr:choice-name('nowhere', '${town}')", ""),
        ("instance('towns')/root/item[name = instance('city')/root/item[1]/name]/label", ""),
    ],
)
def test_lists_are_reached_in_expressions(calculation: str, expected: str) -> None:
    tree = Instance(document="<trees><tree kind='elm'/><tree kind='oak'><leaf>a</leaf><leaf>b</leaf></tree></trees>")
    filling = filled(text("typed"), one("town", "towns"), computed("c", calculation), instances={"tree": tree})
    filling.set("typed", "bei")

    assert (filling.state("c").value or "") == expected


@pytest.mark.parametrize(
    ("calculation", "expected"),
    [
        ("instance('town')/root/item", ("form.unknown_instance", "town")),
        ("pulldata('villages', 'a', 'b', 'c')", ("form.unknown_instance", "villages")),
        ("pulldata('towns', 'colour', 'name', 'tai')", ("form.no_such_column", "colour")),
        ("instance('towns')/root/item[colour = 'red']", ("form.no_such_column", "colour")),
        ("instance('towns')/root/row", ("form.no_such_column", "row")),
        ("instance('towns')/root/item/colour", ("form.no_such_column", "colour")),
    ],
)
def test_a_list_or_column_that_is_not_there_is_told(calculation: str, expected: tuple[str, str]) -> None:
    assert problems_of(computed("c", calculation)) == [expected]


def test_what_is_read_out_of_a_list_of_choices_follows_the_language() -> None:
    filling = filled(one("agreed"), computed("label", "instance('yes_no')/root/item[name = ${agreed}]/label"),
                     computed("name", "jr:choice-name(${agreed}, '${agreed}')"))  # fmt: skip
    filling.set("agreed", ("yes",))
    assert (filling.state("label").value, filling.state("name").value) == ("Yes", "Yes")

    filling.set_language("zh-Hant-HK")
    assert (filling.state("label").value, filling.state("name").value) == ("是", "是")


def test_an_imported_table_of_texts_is_read_in_the_language_shown() -> None:
    said = {"greeting": {"en-HK": "Good day", "zh-Hant-HK": "你好"}}
    filling = filled(computed("c", "jr:itext('greeting')"), extra={"itext": said})
    assert filling.state("c").value == "Good day"

    filling.set_language("zh-Hant-HK")
    assert filling.state("c").value == "你好"


def test_the_choice_of_a_row_is_named_as_its_answers_change() -> None:
    filling = filled(
        repeat("animals", text("animal")),
        Question("select_one", "picked", {"en-HK": "p"}, list_name="itemset", itemset="/data/animals",
                 parameters="value=position(.) label=animal"),
        computed("name", "jr:choice-name(${picked}, '${picked}')"),
    )  # fmt: skip
    filling.add_row("animals", A)
    filling.set(f"animals[{A}]/animal", "cat")
    filling.set("picked", ("1",))
    assert filling.state("name").value == "cat"

    filling.set(f"animals[{A}]/animal", "lion")
    assert filling.state("name").value == "lion"


def test_the_name_of_a_choice_follows_the_value_that_its_label_shows() -> None:
    lists = {"size": (Choice("all", {"en-HK": "All of the ${count}"}),)}
    questions = (text("count"), one("picked", "size"), computed("name", "jr:choice-name('all', '${picked}')"))
    filling = Filling(compile_form(form_with(*questions)._replace(choices=lists)), Context(TODAY))
    filling.set("count", "7")

    assert filling.state("name").value == "All of the 7"
    assert filling.choices("picked")[0].label == {"en-HK": "All of the 7"}


# -- search -----------------------------------------------------------------------------------------------------------

SAID = (
    Choice("a1", {"en": "Boiler house", "zh-Hant": "鍋爐房"}),
    Choice("b2", {"en": "House of boilers"}),
    Choice("c3", {"en": "Ｗａｒｅｈｏｕｓｅ  12"}),
    Choice("d4", {"zh-Hant": "倉庫 １２號"}),
)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("boiler", "a1 b2"),
        ("HOUSE", "b2 a1 c3"),
        ("house bo", "a1 b2"),
        ("warehouse 12", "c3"),
        ("１２", "c3 d4"),
        ("12號", "d4"),
        ("鍋爐", "a1"),
        ("C3", "c3"),
        ("nothing", ""),
        ("  ", "a1 b2 c3 d4"),
    ],
)
def test_choices_are_found_by_what_is_typed(typed: str, expected: str) -> None:
    assert [choice.name for choice in found(SAID, typed)] == expected.split()


def test_only_labels_of_the_language_shown_are_searched_when_it_is_named() -> None:
    assert [choice.name for choice in found(SAID, "boiler", "en")] == ["a1", "b2"]
    assert [choice.name for choice in found(SAID, "鍋爐", "en")] == []


def test_a_long_list_is_searched_among_what_its_filter_keeps() -> None:
    rows = tuple((f"n{at}", f"Row {at}", "even" if at % 2 == 0 else "odd") for at in range(2000))
    listed = Instance("long.csv", ("name", "label", "kind"), rows)
    filling = filled(one("row", "long", choice_filter="kind = 'even'"), instances={"long": listed})

    hits = found(filling.choices("row"), "ROW 12")
    assert isinstance(hits, Offered)
    assert [each.name for each in hits][:4] == ["n12", "n120", "n122", "n124"]
    assert all(int(each.name[1:]) % 2 == 0 for each in hits)


# -- looking up is looking --------------------------------------------------------------------------------------------

CELLS = st.sampled_from(["", "a", "b", " a", "a b", "1", "1.0", "01", "true", "2026-11-12"])
TABLES = st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=12)
COLUMNS = st.sampled_from(["x", "y", "z"])
OTHERS = st.sampled_from(
    ["${one}", "${two}", "'a'", "1", "true()", "current()/../one", "concat(${one}, '')", "${rows_said}", "date(${one})",
     "instance('other')/root/item/x", "if(${one} = 'a', ${two}, 1)", "number(${one})"]
)  # fmt: skip


@st.composite
def conditions(draw: st.DrawFn) -> str:
    column, other = draw(COLUMNS), draw(OTHERS)
    return draw(
        st.sampled_from(
            [f"{column} = {other}", f"{other} = {column}", f"./{column} = {other}", f"selected({other}, {column})",
             f"{column} != {other}", f"contains({column}, {other})", f"starts-with({column}, {other})",
             f"{column} < {other}", f"not({column} = {other})",
             f"position() <= 3 or {column} = {other}", f"({column} = {other} or x = 'b')"]
        )
    )  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    rows=TABLES,
    parts=st.lists(conditions(), min_size=1, max_size=3),
    nested=st.booleans(),
    one_said=CELLS,
    two_said=CELLS,
    said=st.lists(CELLS, max_size=2),
)
def test_a_condition_that_is_looked_up_keeps_what_a_look_at_each_row_keeps(
    rows: Sequence[tuple[str, str, str]], parts: list[str], nested: bool, one_said: str, two_said: str, said: list[str]
) -> None:
    predicates = "".join(f"[{part}]" for part in parts) if nested else f"[{' and '.join(parts)}]"
    # A union with nothing is a place where no names are known to lead to one text, so nothing is looked up there.
    slow = "".join(f"[boolean(({part}) = true())]" for part in parts)
    if not nested:
        slow = f"[({' and '.join(parts)}) = true()]"
    table = Instance("t.csv", ("x", "y", "z"), tuple(rows))
    other = Instance("o.csv", ("x",), tuple((each[0],) for each in rows[:2]))
    filling = filled(
        text("one"), text("two"), group("g", repeat("rows", text("rows_said"))),
        computed("fast", f"join(',', instance('t')/root/item{predicates}/x)"),
        computed("slow", f"join(',', instance('t')/root/item{slow}/x)"),
        instances={"t": table, "other": other},
    )  # fmt: skip
    filling.set("one", one_said or None)
    filling.set("two", two_said or None)
    for row, value in zip((A, B), said, strict=False):
        filling.add_row("rows", row)
        filling.set(f"rows[{row}]/rows_said", value or None)

    assert filling.state("fast").value == filling.state("slow").value


@settings(max_examples=150, deadline=None)
@given(rows=TABLES, condition=conditions(), one_said=CELLS, two_said=CELLS, chosen=CELLS.filter(bool))
def test_an_answer_is_flagged_exactly_when_it_is_not_among_the_choices(
    rows: Sequence[tuple[str, str, str]], condition: str, one_said: str, two_said: str, chosen: str
) -> None:
    table = Instance("t.csv", ("x", "y", "z"), tuple(rows))
    filling = filled(
        text("one"), text("two"), group("g", repeat("rows", text("rows_said"))),
        one("picked", "t", parameters="value=x label=y", choice_filter=condition),
        instances={"t": table, "other": Instance("o.csv", ("x",), tuple((each[0],) for each in rows[:2]))},
    )  # fmt: skip
    filling.set("one", one_said or None)
    filling.set("two", two_said or None)
    filling.set("picked", (chosen,))

    assert bool(gone(filling, "picked")) == (chosen not in names(filling, "picked"))


def test_a_pattern_that_never_ends_does_not_keep_a_long_list_waiting() -> None:
    listed = Instance("long.csv", ("name", "label"), tuple((f"n{at}", f"{'a' * 40}{at}!") for at in range(2000)))
    filling = filled(one("row", "long", choice_filter="regex(label, '(a|aa)+b')"), instances={"long": listed})

    assert names(filling, "row") == []
