"""Lists in files beside a form: what is read, what is put right, and where the mistake stands."""

import json
from pathlib import Path

import pytest

from assessor_tui.form.model import Instance
from assessor_tui.form.read import read_form
from assessor_tui.i18n.sentences import sentence
from assessor_tui.interop import choice_files
from assessor_tui.interop.choice_files import files_beside, lists_beside, read_choice_file
from assessor_tui.using_form import files_missing, read_form_file


def read(data: bytes | str, file: str = "towns.csv") -> Instance:
    found = read_choice_file(data.encode() if isinstance(data, str) else data, file)
    assert found.problems == ()
    assert found.instance is not None
    return found.instance


def warned(data: bytes | str, file: str = "towns.csv") -> list[tuple[str, int]]:
    found = read_choice_file(data.encode() if isinstance(data, str) else data, file)
    return [(each.code, each.place.line) for each in found.warnings]


def refused(data: bytes | str, file: str = "towns.csv") -> tuple[str, int]:
    found = read_choice_file(data.encode() if isinstance(data, str) else data, file)
    assert found.instance is None
    (problem,) = found.problems
    assert problem.place.file == file
    assert "{" not in sentence(problem)
    return problem.code, problem.place.line


# -- CSV --------------------------------------------------------------------------------------------------------------


def test_columns_and_rows_are_those_of_the_file() -> None:
    listed = read('name,label\r\ntai,"Tai Po, north"\r\nlok," Lok ""Ma"" Chau "\r\n')

    assert listed == Instance("towns.csv", ("name", "label"), (("tai", "Tai Po, north"), ("lok", 'Lok "Ma" Chau')))


@pytest.mark.parametrize(
    "data",
    [
        "name;label\n1;大埔\n".encode(),
        "name\tlabel\n1\t大埔\n".encode(),
        "\ufeffname,label\n1,大埔\n".encode(),
        "\n\n  \nname,label\n\n1,大埔\n,\n\n".encode(),
        "name,label,,\n1,大埔,,\n".encode(),
        "name,,label\n1,,大埔\n".encode(),
        "name,label\n1,大埔\n".encode("utf-16"),
        "name,label\r1,大埔\r".encode(),
    ],
)
def test_files_as_offices_save_them_are_the_same_list(data: bytes) -> None:
    assert read(data) == Instance("towns.csv", ("name", "label"), (("1", "大埔"),))


@pytest.mark.parametrize(("encoding", "label"), [("gb18030", "顺德区北滘镇工业园"), ("big5hkscs", "大埔工業邨東區")])
def test_chinese_in_an_old_encoding_is_read_and_said(encoding: str, label: str) -> None:
    data = f"name,label\n1,{label}\n".encode(encoding)

    assert read(data).rows == (("1", label),)
    assert warned(data) == [("choices.encoding", 0)]


def test_labels_per_language_get_the_tag_of_their_language() -> None:
    assert read("name,label::English (en),label::繁體中文,label :: fr\n1,a,b,c\n").columns == (
        "name", "label::en", "label::zh-Hant", "label::fr"
    )  # fmt: skip


def test_rows_with_too_few_cells_are_filled_with_blanks_and_said() -> None:
    data = "name,label,kind\na,A,x\nb\nc,C\n"

    assert read(data).rows == (("a", "A", "x"), ("b", "", ""), ("c", "C", ""))
    assert warned(data) == [("choices.short_rows", 3)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("", ("choices.empty", 0)),
        ("\n , \n", ("choices.empty", 0)),
        ("name,label,name\n1,2,3\n", ("choices.column_twice", 1)),
        ("name,label\na,A\nb,B,and more\n", ("choices.no_heading", 3)),
        ("name,,label\na,A,b\n", ("choices.no_heading", 2)),
        ('name,label\na,A\nb,"never closed\nc,C\n', ("choices.quote_open", 3)),
        ('name,label\na,A\nb,"B" said\n', ("choices.quote", 3)),
        ("name,label\na," + "x" * 10_001 + "\n", ("choices.long_cell", 2)),
        ('name,label\na,"' + "x\n" * 200_000, ("choices.long_cell", 2)),
        (b"\x00\x01\x02\xff\xfe\x00\x00", ("choices.not_text", 0)),
        (b"name,label\n1,\xff\xff\xff\n", ("choices.not_text", 0)),
        (",".join(f"c{at}" for at in range(101)) + "\n1\n", ("choices.too_wide", 1)),
    ],
)
def test_what_is_no_list_is_refused_with_its_line(data: bytes | str, expected: tuple[str, int]) -> None:
    assert refused(data) == expected


def test_a_list_without_rows_is_read_and_said() -> None:
    assert read("name,label\n").rows == ()
    assert warned("name,label\n") == [("choices.no_rows", 0)]


def test_more_rows_or_bytes_than_a_list_may_have_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice_files, "MAX_ROWS", 3)
    assert refused("name\na\nb\nc\nd\n") == ("choices.too_many", 5)
    monkeypatch.setattr(choice_files, "MAX_BYTES", 5)
    assert refused("name\na\n") == ("choices.too_big", 0)


@pytest.mark.parametrize("file", ["towns.xlsx", "towns", "towns.exe", ".csv.", ""])
def test_other_files_are_no_lists(file: str) -> None:
    assert refused("name\na\n", file) == ("choices.ending", 0)


def test_invisible_characters_are_left_out() -> None:
    assert read("name,label\n1,a\u200eb\u0007c\n").rows == (("1", "abc"),)


# -- GeoJSON ----------------------------------------------------------------------------------------------------------


def collection(*features: object) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


def feature(geometry: object = None, **columns: object) -> dict[str, object]:
    return {"type": "Feature", "geometry": geometry, **columns}


def test_features_are_rows_with_their_geometry_as_odk_spells_it() -> None:
    text = """{"type": "FeatureCollection", "features": [
        {"type": "Feature", "id": 67, "properties": {"title": "Pier", "wide": 1.50, "open": true, "note": null},
         "geometry": {"type": "Point", "coordinates": [114.20, 22.30]}},
        {"type": "Feature", "properties": {"id": "b", "title": "Road"},
         "geometry": {"type": "LineString", "coordinates": [[114, 22, 5], [115, 23]]}},
        {"type": "Feature", "id": "c", "properties": {},
         "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [0, 0]], [[5, 5]]]}},
        {"type": "Feature", "id": "d", "properties": null, "geometry": {"type": "MultiPoint", "coordinates": []}}
    ]}"""
    listed = read(text, "places.geojson")

    assert listed.columns == ("id", "geometry", "title", "wide", "open", "note")
    assert [row[:2] for row in listed.rows] == [
        ("67", "22.30 114.20 0 0"),
        ("b", "22 114 5 0; 23 115 0 0"),
        ("c", "0 0 0 0; 1 0 0 0; 1 1 0 0; 0 0 0 0"),
        ("d", ""),
    ]
    assert listed.rows[0][2:] == ("Pier", "1.50", "true", "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{", ("choices.json", 1)),
        ("[1, 2,\n nothing]", ("choices.json", 2)),
        ('{"type": "FeatureCollection", "features": [NaN]}', ("choices.json", 0)),
        ("[" * 100_000, ("choices.json", 0)),
        ("[]", ("choices.not_geojson", 0)),
        ('{"type": "Feature"}', ("choices.not_geojson", 0)),
        (collection({"type": "Point"}), ("choices.feature", 0)),
        (collection(7), ("choices.feature", 0)),
        (collection(feature(properties=[])), ("choices.feature", 0)),
        (collection(feature("here")), ("choices.geometry", 0)),
        (collection(feature({"type": "Point", "coordinates": ["1", "2"]})), ("choices.geometry", 0)),
        (collection(feature({"type": "Point", "coordinates": [1]})), ("choices.geometry", 0)),
        (collection(feature({"type": "LineString", "coordinates": 7})), ("choices.geometry", 0)),
        (b"\xff\xfe", ("choices.not_text", 0)),
    ],
)
def test_what_is_no_geojson_is_refused(text: bytes | str, expected: tuple[str, int]) -> None:
    assert refused(text, "places.geojson") == expected


# -- XML --------------------------------------------------------------------------------------------------------------


def test_items_are_rows_and_anything_else_a_document() -> None:
    xml = "<root><item><name>a</name><label>A</label></item><item><label>B</label><kind>x</kind></item></root>"

    assert read(xml, "t.xml") == Instance("t.xml", ("name", "label", "kind"), (("a", "A", ""), ("", "B", "x")))
    assert read("<towns><town name='a'/></towns>", "t.xml").document.startswith("<towns")


def test_xml_that_could_do_harm_is_refused_with_its_line() -> None:
    assert refused('<?xml version="1.0"?>\n<!DOCTYPE root [<!ENTITY a "b">]>\n<root>&a;</root>', "t.xml") == (
        "markup.doctype", 2
    )  # fmt: skip
    assert refused("<root><item></root>", "t.xml")[0] == "markup.tags"


# -- beside a form ----------------------------------------------------------------------------------------------------

FORM = """
settings:
  form_id: towns
  version: "1"
  title: {en: Towns}
  languages: [en]
instances:
  towns: {source: towns.csv}
survey:
  - {type: select_one towns, name: town, label: {en: Town}}
"""


def test_a_form_reads_its_lists_from_the_files_beside_it(tmp_path: Path) -> None:
    (tmp_path / "towns.csv").write_text("name,label\ntai,Tai Po\n", encoding="utf-8")
    form, problems = read_form(FORM.encode(), "towns.yaml", lists_beside(tmp_path))

    assert problems == ()
    assert form is not None
    assert form.instances["towns"].rows == (("tai", "Tai Po"),)


def test_a_mistake_in_a_list_is_told_with_the_file_it_stands_in(tmp_path: Path) -> None:
    (tmp_path / "towns.csv").write_text("name,name\ntai,Tai Po\n", encoding="utf-8")
    _, problems = read_form(FORM.encode(), "towns.yaml", lists_beside(tmp_path))

    assert [(each.code, each.place.file, each.place.line) for each in problems] == [
        ("choices.column_twice", "towns.csv", 1)
    ]


def test_only_plain_files_of_the_folder_itself_are_opened(tmp_path: Path) -> None:
    folder = tmp_path / "forms"
    folder.mkdir()
    (tmp_path / "secret.csv").write_text("name\na\n", encoding="utf-8")
    (folder / "inside.csv").write_text("name\na\n", encoding="utf-8")
    (folder / "a folder.csv").mkdir()
    opened = files_beside(folder)

    assert opened("inside.csv") == b"name\na\n"
    for name in (
        "../secret.csv",
        str(tmp_path / "secret.csv"),
        "a folder.csv",
        "",
        ".",
        "nothing.csv",
        "a\0b",
        "x/../inside.csv",
    ):
        assert opened(name) is None, name
    try:
        (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
        (folder / "own.csv").symlink_to(folder / "inside.csv")
    except OSError:  # Windows asks for a right that nobody has
        return
    assert opened("link.csv") is None
    assert opened("own.csv") == b"name\na\n"


def test_a_list_of_fifty_thousand_rows_is_read_whole() -> None:
    listed = read("name,label,district\n" + "".join(f"t{at},Town {at},d{at % 1000}\n" for at in range(50_000)))

    assert (len(listed.rows), listed.rows[-1]) == (50_000, ("t49999", "Town 49999", "d999"))


def test_a_form_whose_list_is_missing_is_not_taken_into_a_visit(tmp_path: Path) -> None:
    file = tmp_path / "towns.yaml"
    file.write_text(FORM, encoding="utf-8")
    read = read_form_file(file)
    assert [each.code for each in read.warnings] == ["form.file_missing"]
    assert read.form is not None

    assert [(each.code, each.place.path) for each in files_missing(read.form)] == [("form.file_missing", "town")]
    (tmp_path / "towns.csv").write_text("name,label\ntai,Tai Po\n", encoding="utf-8")
    there = read_form_file(file).form
    assert there is not None
    assert files_missing(there) == ()


def test_a_list_larger_than_what_a_bundle_carries_is_refused_with_its_form(tmp_path: Path) -> None:
    file = tmp_path / "towns.yaml"
    file.write_text(FORM, encoding="utf-8")
    (tmp_path / "towns.csv").write_text("name,label\n" + f"t,{'x' * 9_000}\n" * 1_000, encoding="utf-8")

    assert [each.code for each in read_form_file(file).problems] == ["form.too_large"]
