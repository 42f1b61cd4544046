"""Forms beside those of the scheme: read from files, taken into use by a visit, carried with it."""

from pathlib import Path

import pytest

from assessor_tui.config import shipped
from assessor_tui.form.model import Form, Question
from assessor_tui.form.write import to_yaml
from assessor_tui.ledger import entry as acts
from assessor_tui.materials import own_checklists
from assessor_tui.using_form import (
    FormWrong,
    beside,
    form_meant,
    keep_form,
    known_forms,
    read_form_file,
    use_form,
    with_forms,
)
from assessor_tui.visit import Materials, create_visit
from tests.all_types import ALL, FORM, prepared, said
from tests.cli_world import named
from tests.small_visit import begin, ids, laptop

MORE = Form("more", "1", said("More"), (
    Question("text", "owner", said("Owner")),
    Question("text", "owner_then", said("Owner then"), calculation="${last-saved#owner}", read_only="yes"),
), languages=("en",))  # fmt: skip


def test_a_form_stands_before_the_findings_and_scores_nothing(tmp_path: Path) -> None:
    store, visit = prepared(tmp_path)
    assert list(visit.forms)[-2:] == [ALL, "findings"]
    assert ALL in visit.checklists
    store.close()


def test_the_same_form_is_no_news_and_another_version_is_refused(tmp_path: Path) -> None:
    store, visit = prepared(tmp_path)
    assert use_form(visit, FORM).entries == () and use_form(visit, FORM).problems == ()
    (problem,) = use_form(visit, FORM._replace(version="2")).problems
    assert problem.code == "visit.form_there"
    (problem,) = use_form(visit, FORM._replace(form_id="no id at all")).problems
    assert problem.code == "visit.form_id"
    store.close()


def test_a_visit_can_hold_own_checklists_only(tmp_path: Path) -> None:
    store = laptop(tmp_path, "Chan Tai Man", "lead")
    materials = with_forms(store, own_checklists(store, shipped("forms")), [MORE])
    assert isinstance(materials, Materials)
    visit = create_visit(store, materials, {"visit_date": "2026-11-12"}, new_id=ids("b"))
    assert list(visit.forms) == ["own_header", "more", "findings"]
    assert visit.blocks_signing() == []
    assert own_checklists(store, shipped("forms")).scheme_hash == materials.scheme_hash, "read from the ledger"
    store.close()


def test_the_visit_before_is_what_last_saved_means(tmp_path: Path) -> None:
    store = laptop(tmp_path, "Chan Tai Man", "lead")
    first = begin(store, "a", registered_number="914", visit_date="2025-11-12")
    use_form(first, MORE)
    first.record(acts.ANSWER, "more", "owner", "Ms Wong")
    second = begin(store, "b", registered_number="914")
    use_form(second, MORE)
    assert second.filling("more").state("owner_then").value == "Ms Wong"
    assert first.filling("more").state("owner_then").value is None
    store.close()


def test_a_file_is_read_with_every_mistake_and_known_by_id_afterwards(tmp_path: Path) -> None:
    store = laptop(tmp_path / "data", "Chan Tai Man", "lead")
    good, bad = tmp_path / "more.yaml", tmp_path / "bad.yaml"
    good.write_text(to_yaml(MORE), encoding="utf-8")
    bad.write_text(to_yaml(MORE).replace("last-saved#owner", "nobody"), encoding="utf-8")
    assert read_form_file(good).form == MORE
    with pytest.raises(FormWrong) as wrong:
        form_meant(store, str(bad))
    assert wrong.value.problems[0].code == "form.unknown_name"
    with pytest.raises(FormWrong) as wrong:
        form_meant(store, "more")
    assert wrong.value.problems[0].code == "form.neither_file_nor_form"
    keep_form(store, MORE)
    assert form_meant(store, "more") == MORE
    assert next(known_forms(store)).form == MORE
    store.close()


def test_only_files_beside_the_form_are_opened(tmp_path: Path) -> None:
    folder = tmp_path / "forms"
    folder.mkdir()
    (folder / "towns.csv").write_text("name,label\n", encoding="utf-8")
    (tmp_path / "secret.csv").write_text("x", encoding="utf-8")
    opened = beside(folder / "form.yaml")
    assert opened("towns.csv") == b"name,label\n"
    assert opened("../secret.csv") is None and opened("missing.csv") is None and opened("") is None


def test_the_form_travels_in_bundles_and_differing_answers_are_conflicts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    form, carried = tmp_path / "all.yaml", tmp_path / "out"
    form.write_text(to_yaml(FORM), encoding="utf-8")
    carried.mkdir()
    lead, other = named(tmp_path / "a", capsys), named(tmp_path / "b", capsys, "Lee Siu Ming", "assessor")
    visit = lead.ok("visit", "new", "--form", form, "--site", "Works", "--date", "2026-11-12").out.strip()
    lead.ok("visit", "use-form", visit, form)  # it has it already
    lead.ok("bundle", "make", visit, "--invite", "-o", carried)
    other.ok("merge", carried)
    lead.ok("answer", visit, f"{ALL}/worst", "Zinc > Lead > Tin")
    other.ok("answer", visit, f"{ALL}/worst", "Tin > Lead > Zinc")
    other.ok("answer", visit, f"{ALL}/shift", "930")
    other.ok("bundle", "make", visit, "-o", carried)
    lead("merge", carried)
    told = lead("conflicts", "list", visit).out
    assert "Zinc > Lead > Tin" in told and "Tin > Lead > Zinc" in told
    shown = lead("visit", "show", visit, "--json").data
    assert {each["form"] for each in shown["forms"]} == {"own_header", ALL, "findings"}
    paper = lead.ok("print", visit, "--section", ALL, "-o", carried / "sheet.html")
    assert "Now" in (carried / "sheet.html").read_text(encoding="utf-8") and paper.code == 0
    refused = lead("visit", "use-form", visit, tmp_path / "nothing.xlsx")
    assert refused.code != 0 and "no file" in refused.err
