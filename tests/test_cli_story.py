"""Three laptops: a lead invites two assessors, they answer and deliver, a conflict is settled, the visit signed."""

from pathlib import Path

import pytest

from assessor_tui.config import shipped
from tests.cli_world import Laptop, named, new_visit

Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def forms(tmp_path: Path) -> Path:
    """A scheme of one small checklist, so that a visit can be answered whole."""
    folder = tmp_path / "forms"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_the_small_scheme_has_no_mistakes(tmp_path: Path, forms: Path, capsys: Capsys) -> None:
    checked = Laptop(tmp_path / "none", capsys)("form", "check", forms)
    assert (checked.code, checked.out) == (0, "")


def test_a_visit_goes_from_invitation_to_signature(tmp_path: Path, forms: Path, capsys: Capsys) -> None:
    lead = named(tmp_path / "lead", capsys)
    visit = new_visit(lead, "Alpha Works", "--forms", str(forms))
    lead.ok("answer", visit, "head/person", "Mr Ho")
    lead.ok("bundle", "make", "alpha", "--invite", "-o", tmp_path / "stick")

    lee = named(tmp_path / "lee", capsys, "Lee Siu Yee", "assessor")
    wong = named(tmp_path / "wong", capsys, "Wong Ka Ho", "assessor")
    for colleague in (lee, wong):
        merged = colleague.ok("merge", tmp_path / "stick")
        assert merged.out.startswith("new here: ")
    assert lee.ok("merge", tmp_path / "stick").out.startswith("known: ")

    photo = tmp_path / "meter.png"
    photo.write_bytes((shipped("sample_sites") / "battery_maker/pictures/meter-substation.png").read_bytes())
    lee.ok("answer", "alpha", "list/has_meters", "Yes", "--photo", photo)
    lee.ok("answer", "alpha", "list/meters[+]/meter_no", "M-01")
    wong.ok("answer", "alpha", "list/has_meters", "no")
    wong.ok("answer", "alpha", "list/power", "1,200.50 kWh")
    for colleague in (lee, wong):
        colleague.ok("bundle", "make", "alpha", "--delta", "-o", tmp_path / "back")
        again = colleague.ok("bundle", "make", "alpha", "--delta", "-o", tmp_path / "back", "--json")
        assert not again.data["new"], "while nobody confirms, the very same is offered again"

    delivered = lead("merge", str(tmp_path / "back" / "*.zip"), "--json")
    assert delivered.code == 3
    assert [file["outcome"] for file in delivered.data["files"]] == ["new", "new"]
    assert delivered.data["conflicts"] == {visit: 1}

    refused = lead("sign", "alpha", "--name", "Chan Tai Man")
    assert refused.code == 3
    assert "list/has_meters: Two people answered differently." in refused.err
    listed = lead("conflicts", "list", "alpha", "--json")
    assert listed.code == 3
    (conflict,) = listed.data["conflicts"]
    side = next(each for each in conflict["sides"] if each["text"] == "Yes")
    assert side["person"] == "Lee Siu Yee"
    without_reason = lead("conflicts", "settle", "alpha", "--take", str(side["take"]))
    assert (without_reason.code, without_reason.err) == (4, "list/has_meters: A reason is needed. Say why.\n")
    lead.ok("conflicts", "settle", "alpha", "--take", str(side["take"]), "--why", "Seen on the roof")
    assert lead.ok("conflicts", "list").err == "There is no open conflict.\n"

    assert lee("sign", "alpha", "--name", "Lee Siu Yee").err.startswith("Only the team lead's laptop signs.")
    assert lead("sign", "alpha", "--name", "Somebody").code == 4
    signed = lead.ok("sign", "alpha", "--name", "chan  tai man")
    assert len(signed.out.strip()) == 64
    late = lead("answer", "alpha", "list/power", "7 kWh")
    assert (late.code, "The visit is signed." in late.err) == (4, True)
    assert lead("reopen", "alpha").err == "A reason is needed. Say why.\n"
    lead.ok("reopen", "alpha", "--why", "Invoice came")
    lead.ok("answer", "alpha", "list/power", "7 kWh", "--why", "Invoice")
    again = lead.ok("sign", "alpha", "--name", "Chan Tai Man")
    assert again.out != signed.out

    for reader, language in (("review", "en-HK"), ("site", "zh-Hant-HK")):
        written = lead.ok("report", "alpha", "--for", reader, "-o", tmp_path / reader, lang=language)
        files = [Path(line) for line in written.out.splitlines()]
        assert all(file.stat().st_size for file in files)
    assert lead.ok("log", "verify").err.endswith("Problems: 0.\n")
    acts = [entry["act"] for entry in lead.ok("log", "show", "alpha", "--json").data["entries"]]
    assert [act for act in acts if act in ("settle", "sign", "reopen")] == ["settle", "sign", "reopen", "sign"]


def test_a_grave_finding_needs_an_owner_and_a_date_before_the_visit_is_signed(
    tmp_path: Path, forms: Path, capsys: Capsys
) -> None:
    lead = named(tmp_path / "lead", capsys)
    new_visit(lead, "Alpha Works", "--forms", str(forms))
    lead.ok("answer", "alpha", "head/person", "Mr Ho")
    lead.ok("answer", "alpha", "list/has_meters", "no")
    lead.ok("answer", "alpha", "list/power", "5 kWh")
    lead.ok("answer", "alpha", "found/findings[+]/grade", "major")
    refused = lead("sign", "alpha", "--name", "Chan Tai Man", "--json")
    assert refused.code == 3
    assert [each["code"] for each in refused.data["problems"]] == ["visit.finding_owner", "visit.finding_due"]
    row = refused.data["problems"][0]["path"].removesuffix("/owner")
    lead.ok("answer", "alpha", f"found/{row}/owner", "Mr Ho")
    lead.ok("answer", "alpha", f"found/{row}/due", "2026-12-31")
    lead.ok("sign", "alpha", "--name", "Chan Tai Man")


def test_two_visits_that_look_alike_are_proposed_for_linking_and_linked_by_a_person(
    tmp_path: Path, capsys: Capsys
) -> None:
    lead = named(tmp_path / "lead", capsys)
    first = new_visit(lead, "Alpha Works", "--number", "91440")
    other = named(tmp_path / "lee", capsys, "Lee Siu Yee", "assessor")
    second = new_visit(other, "Alpha Factory", "--number", "91440")
    other.ok("bundle", "make", second, "-o", tmp_path / "out")
    merged = lead.ok("merge", tmp_path / "out")
    assert "have the same registered number and date" in merged.err
    assert lead("visit", "show", "91440").code == 2
    lead.ok("visit", "link", first, second, "--why", "Same gate")
    assert "have the same registered number" not in lead.ok("merge", tmp_path / "out").err


def test_the_demo_lays_out_its_sites_and_doing_it_twice_changes_nothing(tmp_path: Path, capsys: Capsys) -> None:
    laptop = Laptop(tmp_path / "demo", capsys)
    first = laptop.ok("demo", "--no-open", "--json").data["visits"]
    assert len(first) >= 2
    assert laptop.ok("demo", "--no-open", "--json").data["visits"] == first
    assert {each["visit"] for each in laptop.ok("visit", "list", "--json").data["visits"]} == set(first)


FILES = {
    "head.yaml": """
settings:
  form_id: head
  version: "1"
  number: H
  kind: header
  title: {en-HK: Visit, zh-Hant-HK: 評核, zh-Hans-CN: 评核}
  scoring: {profile: none}
choices:
  categories:
    - {name: making, label: {en-HK: Manufacturing, zh-Hant-HK: 製造業, zh-Hans-CN: 制造业}}
survey:
  - {type: text, name: site_name_en, number: H.01, label: {en-HK: Name, zh-Hant-HK: 名稱, zh-Hans-CN: 名称}}
  - {type: date, name: visit_date, number: H.02, label: {en-HK: Date, zh-Hant-HK: 日期, zh-Hans-CN: 日期}}
  - type: select_one categories
    name: category
    number: H.03
    label: {en-HK: Category, zh-Hant-HK: 類別, zh-Hans-CN: 类别}
  - {type: text, name: person, number: H.04, required: yes, label: {en-HK: Person, zh-Hant-HK: 人, zh-Hans-CN: 人}}
""",
    "list.yaml": """
settings:
  form_id: list
  version: "1"
  number: "1"
  title: {en-HK: Checklist, zh-Hant-HK: 清單, zh-Hans-CN: 清单}
  scoring: {profile: points}
choices:
  yes_no:
    - {name: yes, label: {en-HK: "Yes", zh-Hant-HK: 是, zh-Hans-CN: 是}}
    - {name: no, label: {en-HK: "No", zh-Hant-HK: 否, zh-Hans-CN: 否}}
survey:
  - type: select_one yes_no
    name: has_meters
    number: "1.01"
    label: {en-HK: Are there meters?, zh-Hant-HK: 有錶計嗎？, zh-Hans-CN: 有计量表吗？}
    required: yes
    points: {yes: 4, no: 0}
    evidence: {yes: [photo]}
  - type: repeat
    name: meters
    number: "1.02"
    label: {en-HK: Meters, zh-Hant-HK: 錶計, zh-Hans-CN: 计量表}
    relevant: "${has_meters} = 'yes'"
    row_label: "${meter_no}"
    children:
      - {type: text, name: meter_no, number: 1.02.1, label: {en-HK: Meter, zh-Hant-HK: 錶計, zh-Hans-CN: 计量表}}
  - type: quantity
    name: power
    number: "1.03"
    units: [kWh, MWh]
    required: yes
    label: {en-HK: Electricity, zh-Hant-HK: 電力, zh-Hans-CN: 电力}
""",
    "found.yaml": """
settings:
  form_id: found
  version: "1"
  number: F
  kind: findings
  title: {en-HK: Findings, zh-Hant-HK: 評核發現, zh-Hans-CN: 评核发现}
  scoring: {profile: none}
choices:
  grades:
    - {name: major, label: {en-HK: Major, zh-Hant-HK: 嚴重, zh-Hans-CN: 严重}}
    - {name: minor, label: {en-HK: Minor, zh-Hant-HK: 一般, zh-Hans-CN: 一般}}
survey:
  - type: repeat
    name: findings
    number: F.01
    row_letter: F
    row_label: "${grade}"
    label: {en-HK: Findings, zh-Hant-HK: 評核發現, zh-Hans-CN: 评核发现}
    children:
      - type: select_one grades
        name: grade
        number: F.01.1
        label: {en-HK: Grade, zh-Hant-HK: 級別, zh-Hans-CN: 级别}
      - {type: text, name: owner, number: F.01.2, label: {en-HK: Owner, zh-Hant-HK: 負責人, zh-Hans-CN: 负责人}}
      - {type: date, name: due, number: F.01.3, label: {en-HK: Due, zh-Hant-HK: 期限, zh-Hans-CN: 期限}}
""",
    "scheme.yaml": """
settings:
  scheme_id: small
  version: "1"
  title: {en-HK: Small, zh-Hant-HK: 小, zh-Hans-CN: 小}
  status: draft criteria
  header_form: head
  findings_form: found
  category_question: head/category
parameters:
  pass_from:
    label: {en-HK: Pass from, zh-Hant-HK: 合格起點, zh-Hans-CN: 合格起点}
    value: "50"
    status: to be confirmed
categories:
  - name: making
    label: {en-HK: Manufacturing, zh-Hant-HK: 製造業, zh-Hans-CN: 制造业}
    forms:
      - {form: list, weight: "100"}
    levels:
      - {name: partner, label: {en-HK: Partner, zh-Hant-HK: 伙伴, zh-Hans-CN: 伙伴}, at_least: pass_from}
""",
}
