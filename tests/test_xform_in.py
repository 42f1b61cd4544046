"""ODK XForms: what is read into a form of ours, what is named in a warning, and what is refused, each with its line."""

import random
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor_tui.form.canonical import canonical_bytes, form_from_canonical
from assessor_tui.form.model import SILENT_TYPES, Action, Choice, Form, Group, Instance, Question, Repeat, walk
from assessor_tui.form.read import read_form
from assessor_tui.form.write import to_yaml
from assessor_tui.i18n.sentences import SENTENCES, sentence
from assessor_tui.interop.imported import Imported
from assessor_tui.interop.xform_in import read_xform
from assessor_tui.logic.acts import Play
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.views import Context

HEAD = (
    '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"'
    ' xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms"'
    ' xmlns:odk="http://www.opendatakit.org/xforms">'
)


def xform(nodes: str, model: str = "", body: str = "", title: str = "Boilers") -> str:
    """An XForm whose instance holds ``nodes``."""
    return (
        f"{HEAD}<h:head><h:title>{title}</h:title><model>"
        f'<instance><data id="boilers" version="3">{nodes}</data></instance>\n{model}</model></h:head>\n'
        f"<h:body>{body}</h:body></h:html>"
    )


def imported(text: str | bytes, files: Mapping[str, bytes] | None = None) -> Imported:
    data = text.encode() if isinstance(text, str) else text
    result = read_xform(data, "boilers.xml", (files or {}).get)
    assert (result.form is None) == bool(result.problems)
    for problem in (*result.problems, *result.warnings):
        assert problem.code in SENTENCES, problem
        assert "{" not in sentence(problem).replace("${", ""), problem
        assert problem.place.file in ("boilers.xml", *(files or {}))
    return result


def form_of(text: str | bytes, files: Mapping[str, bytes] | None = None, warned: tuple[str, ...] = ()) -> Form:
    result = imported(text, files)
    assert result.form is not None, result.problems
    assert tuple(each.code for each in result.warnings) == warned
    form = result.form
    assert form_from_canonical(canonical_bytes(form)) == form or canonical_bytes(form)
    if not form.instances:
        again, problems = read_form(to_yaml(form).encode())
        assert again is not None, problems
        assert canonical_bytes(again) == canonical_bytes(form)
    return form


def question(form: Form, name: str) -> Question:
    found = [node for _, node in walk(form.children) if isinstance(node, Question) and node.name == name]
    assert len(found) == 1
    return found[0]


def refused(text: str | bytes) -> list[tuple[str, int]]:
    return [(each.code, each.place.line) for each in imported(text).problems]


def played(form: Form) -> Play:
    numbers = iter(range(1, 10_000))
    return Play(compile_form(form), Context("2026-11-12", form.languages[0]), lambda: f"{next(numbers):032x}")


# -- what is asked ----------------------------------------------------------------------------------------------------


def test_a_form_says_its_id_version_title_and_root() -> None:
    form = form_of(xform("<q/>", body='<input ref="/data/q"><label>How hot?</label></input>'))

    assert (form.form_id, form.version, form.title, form.root) == ("boilers", "3", {"und": "Boilers"}, "data")
    assert form.children == (Question("text", "q", {"und": "How hot?"}),)


@pytest.mark.parametrize(
    ("root", "form_id"),
    [
        ('<data id="a.b-1"/>', "a.b-1"),
        ('<data id="site visit"/>', "site_visit"),
        ('<data xmlns="http://example.org/visits"/>', "http_example.org_visits"),
        ("<visits/>", "visits"),
        ("<data/>", "boilers"),
    ],
)
def test_a_form_without_an_id_is_called_by_what_is_its_own(root: str, form_id: str) -> None:
    text = f"{HEAD}<h:head><model><instance>{root}</instance></model></h:head><h:body/></h:html>"

    form = imported(text).form
    assert form is not None
    assert form.form_id.startswith(form_id)


@pytest.mark.parametrize(
    ("control", "bind", "expected"),
    [
        ("input", "", {"type": "text"}),
        ("input", 'type="xsd:int"', {"type": "integer"}),
        ("input", 'type="decimal"', {"type": "decimal"}),
        ("input", 'type="date"', {"type": "date"}),
        ("input", 'type="time"', {"type": "time"}),
        ("input", 'type="dateTime"', {"type": "datetime"}),
        ("input", 'type="geopoint"', {"type": "geopoint"}),
        ("input", 'type="geotrace"', {"type": "geotrace"}),
        ("input", 'type="geoshape"', {"type": "geoshape"}),
        ("input", 'type="boolean"', {"type": "text", "data_type": "boolean"}),
        ("trigger", "", {"type": "acknowledge"}),
        ("upload", 'type="binary"', {"type": "file"}),
        ("input", 'readonly="true()"', {"type": "note"}),
        ("input", 'readonly="true()" calculate="1 + 1"', {"type": "text", "read_only": "yes"}),
        ("input", 'readonly=" /data/other = 1 "', {"type": "text", "read_only": "${other} = 1"}),
        ("input", 'required="true()" relevant="true()"', {"required": "yes", "relevant": ""}),
        ("input", 'required="false()" constraint=". &gt; 3"', {"required": "", "constraint": ". > 3"}),
    ],
)
def test_a_control_and_its_bind_are_a_question(control: str, bind: str, expected: dict[str, str]) -> None:
    form = form_of(xform("<q/><other/>", f'<bind nodeset="/data/q" {bind}/>', f'<{control} ref="/data/q"/>'))

    asked = question(form, "q")
    assert {column: getattr(asked, column) for column in expected} == expected


def test_a_range_and_a_picture_keep_what_they_say() -> None:
    form = form_of(
        xform(
            "<r/><p/>",
            '<bind nodeset="/data/r" type="int"/><bind nodeset="/data/p" type="binary"/>',
            '<range ref="/data/r" start="0" end="10" step="2" appearance="rating"/>'
            '<upload ref="/data/p" mediatype="image/*"/>',
        )
    )

    assert question(form, "r").parameters == "start=0 end=10 step=2"
    assert (question(form, "r").appearance, question(form, "r").data_type) == ("rating", "int")
    assert question(form, "p").extra == {"xlsform_type": "image"}


def test_a_range_with_marks_keeps_them_as_parameters_of_a_workbook() -> None:
    marks = '<instance id="m"><root><item><name>0</name><label>Low</label></item></root></instance>'
    body = (
        '<range ref="/data/r" start="0" end="9" step="1" odk:tick-interval="3" odk:placeholder="4"><itemset '
        "nodeset=\"instance('m')/root/item\"><value ref='name'/><label ref='label'/></itemset></range>"
    )

    form = form_of(xform("<r/>", marks, body))

    asked = question(form, "r")
    assert asked.parameters == "start=0 end=9 step=1 tick_interval=3 placeholder=4 tick_labelset=m"
    assert form.choices == {"m": (Choice("0", {"und": "Low"}),)}


def test_attributes_that_a_workbook_says_as_parameters_become_parameters() -> None:
    body = '<upload ref="/data/p" mediatype="image/*"/><input ref="/data/g" accuracyThreshold="2.5"/>'
    model = '<bind nodeset="/data/p" type="binary" orx:max-pixels="640"/><bind nodeset="/data/g" type="geopoint"/>'

    form = form_of(xform("<p/><g/>", model, body), warned=("xform.kept", "xform.kept"))

    assert question(form, "p").parameters == "max-pixels=640"
    assert question(form, "g").parameters == "capture-accuracy=2.5"


def test_a_position_read_with_a_change_is_a_type_of_its_own() -> None:
    action = '<odk:setgeopoint event="xforms-value-changed" ref="/data/p"/>'

    form = form_of(xform("<q/><p/>", body=f'<input ref="/data/q">{action}</input>'), warned=("xform.position",))

    assert (question(form, "p").type, question(form, "p").trigger) == ("background-geopoint", "${q}")


def test_values_nobody_is_asked_are_calculated_or_hidden_and_keep_their_type() -> None:
    form = form_of(
        xform(
            "<total/><kept>7</kept><asked/>",
            '<bind nodeset="/data/total" type="int" calculate="/data/kept * 2"/>'
            '<bind nodeset="/data/kept" type="decimal"/>',
            '<input ref="/data/asked"/>',
        )
    )

    total, kept = question(form, "total"), question(form, "kept")
    assert (total.type, total.calculation, total.data_type) == ("calculate", "${kept} * 2", "int")
    assert (kept.type, kept.default, kept.data_type) == ("hidden", "7", "decimal")


def test_a_default_that_looks_like_an_expression_stays_a_text() -> None:
    form = form_of(xform('<q>about 5 (five)</q><p>it\'s "(x)"</p>', body='<input ref="/data/q"/>'))

    assert question(form, "q").default == "'about 5 (five)'"
    assert played(form).state()["/data[1]/p[1]"].value == 'it\'s "(x)"'


def test_groups_nest_and_what_is_asked_first_comes_first() -> None:
    form = form_of(
        xform(
            "<a/><count/><g><c/><b/></g>",
            '<bind nodeset="/data/g" relevant="/data/a = 1" readonly="true()"/>'
            '<bind nodeset="/data/count" calculate="1"/>',
            '<group ref="/data/g" appearance="field-list"><label>Group</label><input ref="b"/><input ref="c"/></group>'
            '<input ref="/data/a"/>',
        )
    )

    group, asked, counted = form.children
    assert isinstance(group, Group)
    assert (group.label, group.appearance) == ({"und": "Group"}, "field-list")
    assert (group.relevant, group.read_only) == ("${a} = 1", "yes")
    assert [node.name for node in group.children] == ["b", "c"]
    assert (asked.name, counted.name) == ("a", "count")


def test_a_group_without_a_node_leaves_its_questions_where_they_are_and_its_heading_as_a_note() -> None:
    body = (
        '<input ref="/data/a"/><group appearance="field-list"><label>Head <output value="/data/a"/></label>'
        '<group ref="/data/g"><input ref="b"/></group><input ref="/data/c"/></group>'
    )

    form = form_of(xform("<a/><g><b/></g><c/>", body=body), warned=("xform.group_without_node",))

    assert [node.name for node in form.children] == ["a", "g.heading", "g", "c"]
    assert question(form, "g.heading") == Question("note", "g.heading", {"und": "Head ${a}"})


def test_names_that_stand_twice_or_have_other_letters_are_made_unique_and_keep_what_they_are_called() -> None:
    form = form_of(
        xform(
            "<g><kind/></g><h><kind/></h><orx:meta><orx:instanceID/></orx:meta><größe/>",
            '<bind nodeset="/data/h/kind" relevant="/data/g/kind = 1"/>',
            '<group ref="/data/g"><input ref="kind"/></group><group ref="/data/h"><input ref="kind"/></group>'
            '<input ref="/data/größe"/>',
        )
    )

    named = {node.name: node.called for _, node in walk(form.children)}
    assert named["kind"] == ""
    assert named["h.kind"] == "kind"
    assert named["instanceID"] == "orx:instanceID"
    assert [called for name, called in named.items() if name.startswith("gr")] == ["größe"]
    play = played(form)
    play.answer("/data/g/kind", "1")
    assert play.state()["/data[1]/h[1]/kind[1]"].relevant


@pytest.mark.parametrize(
    ("written", "ours"),
    [
        ("/data/a = 1", "${a} = 1"),
        ("selected( /data/a , 'x') and 1 +  /data/a  &gt; 2", "selected(${a}, 'x') and 1 + ${a} > 2"),
        ("concat('/data/a', /data/a)", "concat('/data/a', ${a})"),
        ("../a", "${a}"),
        ("current()/../a", "${a}"),
        (".. = 1", ".. = 1"),
        ("../gone", "../gone"),
        ("position(..)", "position(..)"),
        ("count(/data/r)", "count(${r})"),
        ("/data/r[/data/a = 1]/c = /data/a", "/data/r[/data/a = 1]/c = ${a}"),
        ("sum(/data/r/c)", "sum(${c})"),
        ("current()/data/a = ''", "current()/data/a = ''"),
        ("/data/g/twice or /data/h/twice", "/data/g/twice or /data/h/twice"),
        ("/data/a/../a", "/data/a/../a"),
    ],
)
def test_paths_of_questions_become_names_where_these_say_the_same(written: str, ours: str) -> None:
    nodes = "<a/><q/><r><c/></r><g><twice/></g><h><twice/></h>"
    body = '<input ref="/data/q"/><repeat nodeset="/data/r"/>'

    form = imported(xform(nodes, f'<bind nodeset="/data/q" relevant="{written}"/>', body)).form

    assert form is not None
    assert question(form, "q").relevant == ours


# -- repeats ----------------------------------------------------------------------------------------------------------

REPEAT = '<group ref="/data/r"><label>Boiler</label><repeat nodeset="/data/r"><input ref="/data/r/q"/></repeat></group>'


def repeat_of(form: Form, name: str = "r") -> Repeat:
    found = next(node for _, node in walk(form.children) if node.name == name)
    assert isinstance(found, Repeat)
    return found


def test_rows_that_stand_at_the_start_are_first_rows_with_what_they_hold() -> None:
    form = form_of(xform('<r jr:template=""><q>9</q></r><r><q>9</q></r><r><q>2</q></r><r><q/></r>', body=REPEAT))

    repeat = repeat_of(form)
    assert repeat.label == {"und": "Boiler"}
    assert repeat.first_rows == ({}, {"q": "2"}, {"q": ""})
    assert question(form, "q").default == "9"
    state = played(form).state()
    assert [state[f"/data[1]/r[{row}]/q[1]"].value for row in (1, 2, 3)] == ["9", "2", ""]


def test_a_repeat_with_a_template_only_begins_without_rows() -> None:
    assert repeat_of(form_of(xform('<r jr:template=""><q/></r>', body=REPEAT))).first_rows == ()


def test_rows_inside_first_rows_are_told_by_their_number() -> None:
    nodes = "<r><q/><s><t/></s><s><t>5</t></s></r>"
    body = (
        '<repeat nodeset="/data/r"><input ref="/data/r/q"/>'
        '<repeat nodeset="/data/r/s"><input ref="/data/r/s/t"/></repeat></repeat>'
    )

    form = form_of(xform(nodes, body=body))

    assert repeat_of(form).first_rows == ({"s[0]": "", "s[1]/t": "5"},)
    assert sorted(path for path in played(form).state() if path.endswith("t[1]")) == [
        "/data[1]/r[1]/s[1]/t[1]", "/data[1]/r[1]/s[2]/t[1]",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("around", "count"), [('ref="/data/r"', "../n"), ('ref="/data/r"', "current()/../n"), ("", "n"), ("", "/data/n")]
)
def test_a_count_is_found_from_where_it_stands_in_the_body(around: str, count: str) -> None:
    body = f'<group {around}><repeat nodeset="/data/r" jr:count="{count}"><input ref="/data/r/q"/></repeat></group>'

    repeat = repeat_of(form_of(xform("<n>2</n><r><q/></r>", body=body)))

    assert (repeat.repeat_count, repeat.first_rows) == ("${n}", ())


def test_nodes_that_stand_several_times_without_a_repeat_are_read_as_one() -> None:
    text = xform("<r><q>1</q></r><r><q>2</q></r>", body='<group ref="/data/r"><input ref="/data/r/q"/></group>')

    assert repeat_of(form_of(text, warned=("xform.several",))).first_rows == ({}, {"q": "2"})


# -- choices ----------------------------------------------------------------------------------------------------------

ITEMS = (
    "<item><label>Yes</label><value>y</value></item><item><label>No</label><value>n</value></item>"
)  # fmt: skip


def test_equal_lists_of_items_are_one_list() -> None:
    form = form_of(
        xform("<a/><b/>", body=f'<select1 ref="/data/a">{ITEMS}</select1><select ref="/data/b">{ITEMS}</select>')
    )

    assert form.choices == {"a": (Choice("y", {"und": "Yes"}), Choice("n", {"und": "No"}))}
    assert [(node.type, node.list_name) for node in form.children if isinstance(node, Question)] == [
        ("select_one", "a"),
        ("select_multiple", "a"),
    ]


TOWNS = (
    '<instance id="towns"><root><item><name>hk</name><label>Hong Kong</label><area>south</area></item>'
    "<item><name>gz</name><label>Guangzhou</label><area>north</area></item></root></instance>"
)


def asked_of(nodeset: str, value: str = "name", label: str = "label") -> str:
    return (
        f'<select1 ref="/data/q"><itemset nodeset="{nodeset}"><value ref="{value}"/><label ref="{label}"/></itemset>'
        "</select1>"
    )


@pytest.mark.parametrize(
    ("nodeset", "columns"),
    [
        ("instance('towns')/root/item", {}),
        ("instance('towns')/root/item[area = /data/area]", {"choice_filter": "area = ${area}"}),
        ("instance('towns')/root/item[area = 'x'][name != 'y']",
         {"choice_filter": "(area = 'x') and (name != 'y')"}),
        ("randomize(instance('towns')/root/item)", {"parameters": "randomize=true"}),
        ("randomize(instance('towns')/root/item[area = 'a,b'], /data/area)",
         {"parameters": "randomize=true seed=${area}", "choice_filter": "area = 'a,b'"}),
    ],
)  # fmt: skip
def test_an_itemset_out_of_a_list_is_a_choice_list_with_a_filter(nodeset: str, columns: dict[str, str]) -> None:
    form = form_of(xform("<q/><area/>", TOWNS, asked_of(nodeset)))

    asked = question(form, "q")
    assert asked.list_name == "towns"
    assert {name: getattr(asked, name) for name in ("choice_filter", "parameters", "itemset")} == {
        "choice_filter": "", "parameters": "", "itemset": "",
    } | columns  # fmt: skip
    assert form.choices["towns"][0] == Choice("hk", {"und": "Hong Kong"}, {"area": "south"})
    assert form.instances == {}


def test_a_place_among_the_items_is_no_filter() -> None:
    form = form_of(xform("<q/>", TOWNS, asked_of("instance('towns')/root/item[position() = 2]")))

    asked = question(form, "q")
    assert (asked.list_name, asked.choice_filter) == ("itemset", "")
    assert asked.itemset == "instance('towns')/root/item[position() = 2]"
    assert played(form).choices("q") == ("gz",)


def test_choices_out_of_rows_are_nodes() -> None:
    body = REPEAT + asked_of("/data/r[q != '']", "q", "q").replace("/data/q", "/data/who")

    form = form_of(xform("<r><q>Ada</q></r><r><q/></r><who/>", body=body))

    who = question(form, "who")
    assert (who.list_name, who.itemset, who.parameters) == ("itemset", "${q}", "")
    assert played(form).choices("who") == ("Ada",)


def test_choices_out_of_rows_that_a_workbook_cannot_say_stay_nodes() -> None:
    body = REPEAT + asked_of("/data/r[q = 'Ada']", "q", "q").replace("/data/q", "/data/who")

    form = form_of(xform("<r><q>Ada</q></r><r><q>Bo</q></r><who/>", body=body))

    who = question(form, "who")
    assert (who.list_name, who.itemset, who.parameters) == ("itemset", "/data/r[q = 'Ada']", "value=q label=q")
    assert played(form).choices("who") == ("Ada",)


def test_a_shape_keeps_the_places_it_is_drawn_beside() -> None:
    near = "<itemset nodeset=\"instance('towns')/root/item[area = /data/a]\"><value ref='name'/></itemset>"
    model = f'{TOWNS}<bind nodeset="/data/q" type="geoshape"/>'

    form = form_of(xform("<q/><a/>", model, f'<input ref="/data/q">{near}</input>'), warned=("xform.kept",))

    assert question(form, "q").parameters == "reference-geometry=towns"
    assert question(form, "q").choice_filter == "area = ${a}"


def test_choices_called_by_attributes_are_nodes_of_a_document() -> None:
    tree = '<instance id="l"><root><item code="1"><n>One</n></item><item code="2"><n>Two</n></item></root></instance>'

    form = form_of(xform("<q/>", tree, asked_of("instance('l')/root/item[@code != '1']", "@code", "n")))

    assert (question(form, "q").list_name, question(form, "q").parameters) == ("itemset", "value=@code label=n")
    play = played(form)
    assert play.choices("q") == ("2",)
    assert play.filling.choices("q")[0].label == {"und": "Two"}


def test_texts_that_are_looked_up_while_filling_are_kept_by_their_id() -> None:
    rows = "<item><id>y</id><name>1</name></item>"
    lists = f"<instance id='l'><root>{rows}</root></instance>{ITEXT}"
    one, other = "instance('l')/root/item", "instance('l')/root/item"
    body = asked_of(one, "name", "jr:itext(id)") + asked_of(other, "id", "name").replace("/data/q", "/data/p")

    form = form_of(xform("<q/><p/>", lists, body))

    assert form.extra["itext"]["y"] == {"zh-Hant": "是", "en": "Yes"}
    assert played(form).filling.choices("q")[0].label["zh-Hant"] == "是"


def test_columns_of_another_name_are_kept_for_expressions() -> None:
    items = '<instance id="l"><root><item><code>1</code><said>One</said></item></root></instance>'
    model = f'{items}<bind nodeset="/data/n" calculate="instance(\'l\')/root/item[code = /data/q]/said"/>'

    form = form_of(xform("<q/><n/>", model, asked_of("instance('l')/root/item", "code", "said")))

    assert form.choices == {"l": (Choice("1", {"und": "One"}, {"code": "1", "said": "One"}),)}
    play = played(form)
    play.answer("q", "1")
    assert play.state()["/data[1]/n[1]"].value == "One"


def test_a_list_that_is_no_table_stays_a_document() -> None:
    tree = '<instance id="tree"><plants><plant code="p1"><name>Pump</name></plant></plants></instance>'
    model = f"{tree}<bind nodeset=\"/data/n\" calculate=\"instance('tree')/plants/plant[@code = 'p1']/name\"/>"

    form = form_of(xform("<n/>", model, "<input ref='/data/n'/>"))

    document = '<plants xmlns="http://www.w3.org/2002/xforms"><plant code="p1"><name>Pump</name></plant></plants>'
    assert form.instances == {"tree": Instance(document=document)}


def test_a_list_in_a_file_is_read_from_beside_the_form() -> None:
    model = '<instance id="towns" src="jr://file-csv/towns.csv"/>'
    text = xform("<q/>", model, asked_of("instance('towns')/root/item[area = 'n']", "code", "said"))

    form = form_of(text, {"towns.csv": b"code,said,area\n1,One,n\n2,Two,s\n"})

    asked = question(form, "q")
    assert (asked.list_name, asked.choice_filter, asked.parameters) == ("towns", "area = 'n'", "value=code label=said")
    assert form.instances["towns"] == Instance(
        "towns.csv", ("code", "said", "area"), (("1", "One", "n"), ("2", "Two", "s"))
    )
    assert played(form).choices("q") == ("1",)
    without = imported(text)
    assert [(each.code, each.place.line) for each in without.warnings] == [("xform.no_file", 2)]
    assert without.form is not None
    assert without.form.instances["towns"].source == "towns.csv"


def test_a_file_of_choices_that_is_none_refuses_the_form() -> None:
    model = '<instance id="towns" src="jr://file/towns.xml"/>'
    result = imported(
        xform("<q/>", model, asked_of("instance('towns')/root/item")), {"towns.xml": b"<!DOCTYPE x><root/>"}
    )

    assert [(each.code, each.place.file) for each in result.problems] == [("markup.doctype", "towns.xml")]


# -- texts ------------------------------------------------------------------------------------------------------------

ITEXT = (
    "<itext><translation lang='English (en)'><text id='q'><value>How hot?</value>"
    "<value form='guidance'>Ask twice.</value><value form='image'>jr://images/q.png</value></text>"
    "<text id='y'><value>Yes</value></text><text id='m'><value>Too hot</value></text></translation>"
    "<translation lang='中文' default='true()'><text id='q'><value>多熱？</value></text>"
    "<text id='y'><value>是</value></text></translation></itext>"
)  # fmt: skip


def test_texts_are_told_in_every_language_the_default_one_first() -> None:
    model = f'{ITEXT}<bind nodeset="/data/q" constraint=". &lt; 9" jr:constraintMsg="jr:itext(\'m\')"/>'
    body = (
        "<select1 ref='/data/q'><label ref=\"jr:itext('q')\"/><hint ref=\"jr:itext('q')\"/>"
        "<item><label ref=\"jr:itext('y')\"/><value>y</value></item></select1>"
    )

    form = form_of(xform("<q/>", model, body), warned=("import.missing_text", "xform.media", "import.missing_text"))

    asked = question(form, "q")
    assert form.languages == ("zh-Hant", "en")
    assert form.extra["language_names"] == {"en": "English (en)", "zh-Hant": "中文"}
    assert (form.title, asked.label) == ({"zh-Hant": "Boilers"}, {"zh-Hant": "多熱？", "en": "How hot?"})
    assert (asked.guidance, asked.constraint_message) == ({"en": "Ask twice."}, {"en": "Too hot"})
    assert asked.extra == {"columns": {"media::image::English (en)": "q.png"}}
    assert form.choices["q"] == (Choice("y", {"zh-Hant": "是", "en": "Yes"}),)


def test_outputs_are_names_where_they_can_be_and_expressions_elsewhere() -> None:
    body = (
        '<input ref="/data/a"/><input ref="/data/q"><label>Is <output value=" /data/a "/>\n'
        '              and <output value="concat(/data/a, &quot;&lt;&quot;)"/> or ${a} so?</label></input>'
    )

    form = form_of(xform("<a>5</a><q/>", body=body))

    label = question(form, "q").label["und"]
    assert label == ('Is ${a} and <output value="concat(${a}, &quot;&lt;&quot;)"/> or <output value="\'${\'"/>a} so?')
    assert played(form).filling.label("q", "und") == "Is 5 and 5< or ${a} so?"


def test_a_text_that_no_language_has_is_a_warning() -> None:
    text = xform("<q/>", ITEXT, "<input ref='/data/q'><label ref=\"jr:itext('gone')\">Kept</label></input>")

    assert question(form_of(text, warned=("xform.no_text",)), "q").label == {"zh-Hant": "Kept", "en": "Kept"}


def test_choices_by_the_id_of_their_text_speak_all_languages() -> None:
    items = '<instance id="l"><root><item><itextId>y</itextId><name>1</name></item></root></instance>'

    form = form_of(xform("<q/>", ITEXT + items, asked_of("instance('l')/root/item", "name", "jr:itext(itextId)")))

    assert form.choices["l"] == (Choice("1", {"zh-Hant": "是", "en": "Yes"}),)


# -- what sets values -------------------------------------------------------------------------------------------------


def set_value(event: str, ref: str = "/data/q", value: str = "today()") -> str:
    return f'<setvalue event="{event}" ref="{ref}" value="{value}"/>'


def test_a_value_set_at_the_start_is_a_default() -> None:
    form = form_of(xform("<q/>", set_value("odk-instance-first-load"), '<input ref="/data/q"/>'))

    assert (question(form, "q").default, question(form, "q").actions) == ("today()", ())


def test_a_value_set_in_every_row_is_a_default_too_and_one_set_in_new_rows_only_is_not() -> None:
    both, new = set_value("odk-instance-first-load odk-new-repeat", "/data/r/q"), set_value("odk-new-repeat", "p")
    body = f'<repeat nodeset="/data/r">{both}{new}<input ref="/data/r/q"/><input ref="/data/r/p"/></repeat>'

    form = form_of(xform("<r><q/><p/></r>", body=body))

    assert question(form, "q").default == "today()"
    assert question(form, "p").actions == (Action("row", "today()"),)


def test_a_value_set_when_others_change_is_a_trigger() -> None:
    change = set_value("xforms-value-changed", value="/data/a + 1")
    body = f'<input ref="/data/a">{change}</input><input ref="/data/b">{change}</input><input ref="/data/q"/>'

    form = form_of(xform("<a/><b/><q/>", body=body))

    asked = question(form, "q")
    assert (asked.trigger, asked.calculation, asked.actions) == ("${a} ${b}", "${a} + 1", ())


def test_values_set_otherwise_are_actions() -> None:
    text = '<setvalue event="xforms-value-changed" ref="/data/q">it\'s</setvalue>'
    model = set_value("odk-instance-first-load", value="1") + '<bind nodeset="/data/a" calculate="1"/>'

    form = form_of(xform("<a/><q>0</q>", model, f'<input ref="/data/a">{text}</input><input ref="/data/q"/>'))

    assert question(form, "q").actions == (Action("change", '"it\'s"', "${a}"), Action("load", "1"))


def test_a_value_set_in_one_row_is_set_there() -> None:
    change = set_value("xforms-value-changed", "/data/r[position()=1]/q", "/data/a")

    form = form_of(xform("<a/><r><q/></r><r><q/></r>", body=f'<input ref="/data/a">{change}</input>{REPEAT}'))

    play = played(form)
    play.answer("a", "x")
    state = play.state()
    assert [state[f"/data[1]/r[{row}]/q[1]"].value for row in (1, 2)] == ["x", ""]


def test_metadata_are_types_of_their_own() -> None:
    model = (
        '<bind nodeset="/data/a" jr:preload="timestamp" jr:preloadParams="start"/>'
        '<bind nodeset="/data/b" jr:preload="date" jr:preloadParams="today"/>'
        '<bind nodeset="/data/c" jr:preload="property" jr:preloadParams="username"/>'
        '<bind nodeset="/data/meta/instanceID" jr:preload="uid"/>'
        '<bind nodeset="/data/meta/instanceName" calculate="concat(/data/a, \'x\')"/>'
    )

    form = form_of(xform("<a/><b/><c/><meta><instanceID/><instanceName/></meta>", model))

    assert [question(form, name).type for name in "abc"] == ["start", "today", "username"]
    assert form.instance_name == "concat(${a}, 'x')"
    assert (played(form).state()["/data[1]/meta[1]/instanceID[1]"].value or "").startswith("uuid:")
    meta = form.children[-1]
    assert isinstance(meta, Group)
    assert meta.extra == {"generated": "meta"}


def test_the_filling_before_is_asked_by_name() -> None:
    model = (
        '<instance id="__last-saved" src="jr://instance/last-saved"/>'
        + set_value("odk-instance-first-load", value="instance('__last-saved')/data/g/q")
    )  # fmt: skip

    form = form_of(xform("<g><q/></g>", model.replace("/data/q", "/data/g/q"), '<input ref="/data/g/q"/>'))

    assert question(form, "q").default == "${last-saved#q}"


# -- what does not run ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nodes", "model", "body", "code"),
    [
        ("<q/>", '<bind nodeset="/data/gone" type="int"/>', "", "xform.bind_of_nothing"),
        ("<q/>", '<bind nodeset="/data/q/@mark" type="int"/>', "", "xform.attribute"),
        ("<meta><entity/></meta>", '<bind nodeset="/data/meta/entity/@id" type="string"/>', "", "xform.entities"),
        ("<q/>", '<bind nodeset="/data/q" type="colour"/>', "", "xform.type"),
        ("<q/>", '<bind nodeset="/data/q" type="int"/><bind nodeset="/data/q" type="date"/>', "", "xform.bind_twice"),
        ("<q/>", '<bind nodeset="/data/q" saveIncomplete="true()"/>', "", "xform.kept"),
        ("<q/>", '<bind nodeset="/data/q" jr:preload="weather"/>', "", "xform.preload"),
        ("<q/>", '<submission action="https://example.org/submit"/>', "", "xform.submission"),
        ("<q/>", '<submission base64RsaPublicKey="MII"/>', "", "xform.encrypted"),
        ("<q/>", '<odk:setgeopoint ref="/data/q" event="odk-instance-first-load"/>', "", "xform.position"),
        ("<q/>", '<odk:recordaudio ref="/data/q" event="odk-instance-load"/>', "", "xform.audio"),
        ("<q/>", set_value("odk-instance-load"), "", "xform.every_load"),
        ("<q/>", set_value("xforms-submit-done"), "", "xform.event"),
        ("<q/>", set_value("xforms-value-changed"), "", "xform.event_of_nothing"),
        ("<g><q/></g>", set_value("odk-instance-first-load", "/data/g"), "", "xform.action_on_group"),
        ("<q/>", set_value("odk-instance-first-load", "/data/q/@mark"), "", "xform.attribute_set"),
        ("<q/>", "<wizard/>", "", "xform.not_known"),
        ("<q/>", "", '<input ref="/data/q"/><input ref="/data/q"/>', "xform.asked_twice"),
        ("<q/>", "", "<input/>", "xform.control_without_node"),
        ("<q/>", "", '<input ref="/data/q" query="x"/>', "xform.kept"),
        ("<q/>", "", '<input ref="/data/q" appearance="ex:org.example.app"/>', "xform.appearance"),
        ("<q/>", "", '<select1 ref="/data/q"><item><value>a b</value></item></select1>', "xform.item_with_space"),
        ("<q/>", "", '<input ref="/data/q"><label>A <b>bold</b> word</label></input>', "xform.not_known"),
        ('<q mark="1"/>', "", "", "xform.attribute"),
        ("<g>text<q/></g>", "", "", "xform.mixed"),
        ("<q/>", '<bind nodeset="/data/q" calculate="cough(1)"/>', "", "form.unknown_function"),
        ("<q/>", '<bind nodeset="/data/q" relevant="/data/gone = 1"/>', "", "form.unknown_name"),
    ],
)  # fmt: skip
def test_what_does_not_run_is_named_with_its_line(nodes: str, model: str, body: str, code: str) -> None:
    result = imported(xform(nodes, model, body))

    assert result.form is not None
    assert code in {each.code for each in result.warnings}
    assert all(each.place.line in (1, 2, 3) for each in result.warnings)


def test_an_expression_that_nobody_can_read_is_set_aside() -> None:
    model = '<bind nodeset="/data/q" relevant="1 +" required="true()"/><bind nodeset="/data/r/t" calculate="$x"/>'
    body = '<input ref="/data/q"/><repeat nodeset="/data/r"/>'

    form = form_of(xform("<q/><r><t/></r>", model, body), warned=("form.expression", "form.expression"))

    asked, total = question(form, "q"), question(form, "t")
    assert (asked.relevant, asked.required, asked.extra) == ("", "yes", {"columns": {"relevant": "1 +"}})
    assert (total.type, total.calculation) == ("hidden", "")
    assert total.extra == {"xlsform_type": "calculate", "columns": {"calculation": "$x"}}


def test_a_question_whose_relevance_asks_itself_is_told() -> None:
    text = xform("<q/>", '<bind nodeset="/data/q" relevant=". != 1"/>', '<input ref="/data/q"/>')

    form_of(text, warned=("import.self_relevant",))


def test_attributes_that_do_nothing_here_are_kept_as_columns_of_a_workbook() -> None:
    form = form_of(
        xform("<q/>", '<bind nodeset="/data/q" orx:min-pixels="640"/>', '<input ref="/data/q" autoplay="audio"/>'),
        warned=("xform.kept", "xform.kept"),
    )

    assert question(form, "q").extra == {"columns": {"bind::orx:min-pixels": "640", "body::autoplay": "audio"}}


# -- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<root/>", ("xform.not_a_form", 1)),
        (f"{HEAD}<h:body/></h:html>", ("xform.no_model", 1)),
        (f"{HEAD}\n<h:head><model/></h:head></h:html>", ("xform.no_instance", 2)),
        (f"{HEAD}<h:head><model><instance/></model></h:head></h:html>", ("xform.roots", 1)),
        (f"{HEAD}<h:head><model><instance><a/>\n<b/></instance></model></h:head></h:html>", ("xform.roots", 1)),
        (xform("<q/>", "<instance><data/></instance>"), ("xform.two_instances", 2)),
        (xform("<q/>", '<instance id="a"/><instance id="a"/>'), ("xform.instance_twice", 2)),
        (xform("<q/>", '<bind type="int"/>'), ("xform.bind_without_nodeset", 2)),
        (xform("<q/>", "", '<input ref="/data/gone"/>'), ("xform.no_node", 3)),
        (xform("<q/>", "", '<input bind="gone"/>'), ("xform.no_bind", 3)),
        (xform("<q/>", "", "<repeat/>"), ("xform.repeat_without_node", 3)),
        (xform("<g><q/></g>", "", '<input ref="/data/g"/>'), ("xform.control_of_group", 3)),
        (xform("<q/>", "", asked_of("instance('gone')/root/item")), ("xform.no_instance_of", 3)),
        (xform("<q/>", "", asked_of("instance('gone'")), ("xform.itemset", 3)),
        (xform("<q/><p/>", '<bind nodeset="/data/q" calculate="../p"/>\n<bind nodeset="/data/p" calculate="../q"/>'),
         ("form.cycle", 2)),
        (xform("<q/>", "<itext>" + "".join(f"<translation lang='l{n}'/>" for n in range(200)) + "</itext>"),
         ("xform.too_many_languages", 2)),
        (xform("<q/>" + "<g>" * 40 + "<p/>" + "</g>" * 40), ("xform.too_deep", 1)),
    ],
)  # fmt: skip
def test_a_form_that_no_program_can_run_is_refused_at_its_line(text: str, told: tuple[str, int]) -> None:
    assert refused(text) == [told]


def test_a_form_without_a_body_is_refused() -> None:
    assert refused(xform("<q/>").replace("<h:body></h:body>", "")) == [("xform.no_body", 1)]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    told = refused(xform("<q/>", "<bind/>\n<bind/>", '<input ref="/data/a"/>\n<input ref="/data/b"/>'))

    assert told == [("xform.bind_without_nodeset", 2), ("xform.bind_without_nodeset", 3),
                    ("xform.no_node", 4), ("xform.no_node", 5)]  # fmt: skip


def test_a_hundred_thousand_binds_and_nodes_end_in_a_message() -> None:
    many = xform("<q/>", "".join(f'<bind nodeset="/data/n{n}" type="int"/>' for n in range(100_000)))
    wide = xform("".join(f"<n{n}/>" for n in range(25_000)))

    result = imported(many)

    assert result.form is not None
    assert len(result.warnings) < 1000
    assert refused(wide) == [("xform.too_many_nodes", 1)]


def test_a_hundred_equal_groups_get_names_that_stay_the_same() -> None:
    text = xform("".join(f"<g{n}><q/></g{n}>" for n in range(100)))

    names = [node.name for _, node in walk(form_of(text).children)]
    assert len(set(names)) == 200
    assert names[:6] == ["g0", "q", "g1", "g1.q", "g2", "g2.q"]
    assert names == [node.name for _, node in walk(form_of(text).children)]


WHOLE = xform(
    "<a>1</a><g><b/></g><r jr:template=''><c/></r><r><c>2</c></r><meta><instanceID/></meta>",
    ITEXT + TOWNS + set_value("odk-instance-first-load", "/data/g/b")
    + '<bind nodeset="/data/a" type="int" required="true()" constraint=". &gt; 0" jr:constraintMsg="No"/>'
    '<bind nodeset="/data/g" relevant="/data/a = 1"/><bind nodeset="/data/meta/instanceID" jr:preload="uid"/>',
    '<input ref="/data/a"><label ref="jr:itext(\'q\')"/></input>'
    '<group ref="/data/g"><select1 ref="b"><itemset nodeset="instance(\'towns\')/root/item[area != /data/a]">'
    '<value ref="name"/><label ref="label"/></itemset></select1></group>'
    '<repeat nodeset="/data/r" jr:count="/data/a"><input ref="c"><label><output value="../../a"/></label></input>'
    "</repeat>",
)  # fmt: skip
PIECES = [
    *("/data/a", "/data/r/c", "nodeset", "ref", "<a>", "</a>", "repeat", "group", "input", "instance", "'", '"', "["),
    *("]", "(", ")", "jr:", "0", "1e9", "\u202e", "é", "&lt;", "..", "${a}", "itemset", "value", "bind"),
]


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32))
def test_a_damaged_form_is_read_or_refused_with_a_message_and_nothing_else(seed: int) -> None:
    chance = random.Random(seed)
    text = WHOLE
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(text))
        until = at + chance.choice([0, 0, 1, 3, 20])
        text = text[:at] + chance.choice(["", chance.choice(PIECES), text[at : at + 40] * 2]) + text[until:]

    result = imported(text)

    if result.form is not None:
        play = played(result.form)
        for item in list(play.filling.items()):
            if isinstance(item.node, Question) and item.node.type not in SILENT_TYPES:
                play.answer(item.path, "1")
        play.state()
