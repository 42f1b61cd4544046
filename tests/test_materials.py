"""Forms and schemes come from a folder into the ledger, whole or not at all."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from assessor_tui.config import shipped
from assessor_tui.form.canonical import form_hash
from assessor_tui.materials import MaterialsWrong, load_materials
from assessor_tui.store.ledger import Store
from tests.small_visit import laptop

FORM = """\
settings: {form_id: %(name)s, version: "1", languages: [en-HK], title: {en-HK: Form}}
survey:
  - {type: text, name: words, label: {en-HK: "%(label)s"}}
"""
SCHEME = """\
settings: {scheme_id: s, version: "1", title: {en-HK: S, zh-Hant-HK: S, zh-Hans-CN: S}, status: draft criteria,
  header_form: header, findings_form: findings, category_question: header/words}
categories:
  - name: c
    label: {en-HK: C, zh-Hant-HK: C, zh-Hans-CN: C}
    forms: [{form: check, weight: "100"}]
    levels: []
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with laptop(tmp_path / "data", "Ann") as store:
        yield store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "forms"
    folder.mkdir()
    for name in ("header", "findings", "check", "spare"):
        write(folder, name)
    (folder / "scheme.yaml").write_text(SCHEME, "utf-8")
    return folder


def write(folder: Path, name: str, label: str = "Words") -> None:
    (folder / f"{name}.yaml").write_text(FORM % {"name": name, "label": label}, "utf-8")


def test_a_scheme_comes_with_the_forms_it_needs_and_no_others(store: Store, folder: Path) -> None:
    (materials,) = load_materials(store, folder)
    assert materials.scheme.scheme_id == "s"
    assert set(materials.forms) == {"header", "findings", "check"}
    assert {version: store.form(version) for _, version in materials.forms.values()} == {
        version: form for form, version in materials.forms.values()
    }
    assert all(form_hash(form) == version for form, version in materials.forms.values())
    assert len(store.definitions("form")) == 4


def test_files_that_have_not_changed_are_not_read_again(store: Store, folder: Path) -> None:
    first = load_materials(store, folder)
    from assessor_tui.form import read

    def never(*_: object) -> object:
        raise AssertionError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(read, "read_form", never)
        assert load_materials(store, folder) == first
        write(folder, "check", "Other words")
        with pytest.raises(AssertionError):
            load_materials(store, folder)


def test_a_changed_form_is_a_new_version_beside_the_old_one(store: Store, folder: Path) -> None:
    (before,) = load_materials(store, folder)
    write(folder, "check", "Other words")
    (after,) = load_materials(store, folder)
    assert after.forms["header"] == before.forms["header"]
    assert after.forms["check"][1] != before.forms["check"][1]
    assert store.form(before.forms["check"][1]) == before.forms["check"][0]


def test_every_mistake_of_every_file_is_told_at_once_and_nothing_is_taken(store: Store, folder: Path) -> None:
    (folder / "a.yaml").write_text("settings: [", "utf-8")
    (folder / "b.yaml").write_text(FORM % {"name": "b", "label": "B"} + "  - {type: txt, name: t}\n", "utf-8")
    with pytest.raises(MaterialsWrong) as raised:
        load_materials(store, folder)
    assert {problem.place.file for problem in raised.value.problems} == {"a.yaml", "b.yaml"}
    assert raised.value.exit_code == 3
    assert raised.value.parameters["count"] == str(len(raised.value.problems))
    assert store.definitions("form") == store.definitions("scheme") == []
    (folder / "a.yaml").unlink()
    (folder / "b.yaml").unlink()
    assert len(load_materials(store, folder)) == 1


def test_a_form_that_the_scheme_names_and_nobody_wrote_is_a_mistake(store: Store, folder: Path) -> None:
    (folder / "check.yaml").unlink()
    with pytest.raises(MaterialsWrong) as raised:
        load_materials(store, folder)
    assert [problem.code for problem in raised.value.problems] == ["scheme.unknown_form"]
    assert raised.value.problems[0].parameters["form"] == "check"


def test_two_files_of_the_same_form_are_a_mistake(store: Store, folder: Path) -> None:
    shutil.copy(folder / "check.yaml", folder / "copy.yaml")
    with pytest.raises(MaterialsWrong) as raised:
        load_materials(store, folder)
    assert [(problem.code, problem.place.file) for problem in raised.value.problems] == [
        ("scheme.form_id_twice", "copy.yaml")
    ]


def test_a_question_that_the_scheme_names_must_stand_in_its_form(store: Store, folder: Path) -> None:
    (folder / "scheme.yaml").write_text(SCHEME.replace("header/words", "header/sentences"), "utf-8")
    with pytest.raises(MaterialsWrong) as raised:
        load_materials(store, folder)
    ((code, place, parameters),) = raised.value.problems
    assert (code, place.file, parameters) == (
        "scheme.unknown_question", "scheme.yaml", {"value": "header/sentences"},
    )  # fmt: skip


def test_the_choices_for_the_length_of_a_visit_are_the_sizes_of_the_scheme(store: Store, folder: Path) -> None:
    sizes = "sizes: [{name: long, label: {en-HK: L, zh-Hant-HK: L, zh-Hans-CN: L}, asks: full}]\n"
    named = SCHEME.replace("header/words}", "header/words, size_question: header/length}")
    (folder / "scheme.yaml").write_text(named + sizes, "utf-8")
    header = (FORM % {"name": "header", "label": "Words"}).replace(
        "survey:\n",
        "choices: {lengths: [{name: short, label: {en-HK: S}}]}\nsurvey:\n"
        "  - {type: select_one lengths, name: length, label: {en-HK: Length}}\n",
    )
    (folder / "header.yaml").write_text(header, "utf-8")
    with pytest.raises(MaterialsWrong) as raised:
        load_materials(store, folder)
    ((code, place, parameters),) = raised.value.problems
    assert (code, place.file) == ("scheme.size_choices", "scheme.yaml")
    assert parameters == {"value": "header/length", "choices": "short", "sizes": "long"}


def test_an_expression_that_cannot_work_is_a_mistake(store: Store, folder: Path) -> None:
    row = '  - {type: text, name: more, label: {en-HK: More}, relevant: "${nowhere} = 1"}\n'
    (folder / "check.yaml").write_text(FORM % {"name": "check", "label": "Words"} + row, "utf-8")
    with pytest.raises(MaterialsWrong) as raised:
        load_materials(store, folder)
    assert [(problem.code, problem.place.file) for problem in raised.value.problems] == [
        ("form.unknown_name", "check.yaml")
    ]


def test_an_empty_folder_has_no_schemes(store: Store, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    assert load_materials(store, tmp_path / "none") == []


def test_the_shipped_forms_make_one_scheme_over_all_five_checklists(store: Store) -> None:
    (materials,) = load_materials(store, shipped("forms"))
    kinds = sorted(form.kind for form, _ in materials.forms.values())
    assert kinds == ["checklist"] * 5 + ["findings", "header"]
    assert materials.scheme.status == "draft criteria"
