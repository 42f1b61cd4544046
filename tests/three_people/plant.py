"""The scheme of the story: one short checklist, so that a visit can be answered whole by three people in one page."""

from collections.abc import Sequence
from pathlib import Path

YES, PARTLY, NO = "yes", "partly", "no"

Asked = tuple[str, str, str]
"""Number, name, what is asked."""

ENERGY: Sequence[Asked] = (
    ("1.01", "meters", "Is every large user of power metered?"),
    ("1.02", "leaks", "Were leaks of compressed air looked for in the last year?"),
    ("1.03", "lamps", "Are all halls lit by LED?"),
    ("1.04", "heat", "Is waste heat of the compressors used?"),
    ("1.05", "motors", "Are motors above 75 kW of grade IE3 or better?"),
    ("1.06", "targets", "Are there targets for each line?"),
)
AIR: Sequence[Asked] = (
    ("1.11", "drums", "Are solvent drums kept closed?"),
    ("1.12", "hoods", "Are the feeding hoods switched on and drawing?"),
    ("1.13", "carbon", "Are changes of activated carbon recorded?"),
    ("1.14", "bund", "Does the waste store have a bund?"),
    ("1.15", "labels", "Do waste labels carry the starting date?"),
)

_THREE = "{{en-HK: {0}, zh-Hant-HK: {1}, zh-Hans-CN: {2}}}"


def _text(english: str, traditional: str = "", simplified: str = "") -> str:
    said = [f'"{each}"' for each in (english, traditional or english, simplified or traditional or english)]
    return _THREE.format(*said)


def _answers(questions: Sequence[Asked]) -> str:
    return "".join(
        f"""
      - type: select_one grades
        name: {name}
        number: "{number}"
        label: {_text(words)}
        required: yes
        points: {{yes: 4, partly: 2, no: 0}}"""
        for number, name, words in questions
    )


def write_plant(folder: Path) -> Path:
    """The folder, with the scheme and its forms in it."""
    folder.mkdir()
    for name, text in _FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


_FILES = {
    "head.yaml": f"""
settings:
  form_id: head
  version: "1"
  number: H
  kind: header
  title: {_text("Visit", "評核", "评核")}
  scoring: {{profile: none}}
choices:
  categories:
    - {{name: making, label: {_text("Manufacturing", "製造業", "制造业")}}}
  roles:
    - {{name: lead, label: {_text("Team lead", "組長", "组长")}}}
    - {{name: assessor, label: {_text("Assessor", "評核員", "评核员")}}}
survey:
  - {{type: text, name: site_name_en, number: H.01, label: {_text("Site", "企業名稱", "企业名称")}}}
  - {{type: date, name: visit_date, number: H.02, label: {_text("Visit date", "評核日期", "评核日期")}}}
  - type: select_one categories
    name: category
    number: H.03
    label: {_text("Category", "類別", "类别")}
  - type: repeat
    name: team
    number: H.04
    label: {_text("Team", "評核小組", "评核组")}
    row_label: "${{member_name}}"
    key: [member_name]
    children:
      - {{type: text, name: member_name, number: H.04.1, label: {_text("Name", "姓名", "姓名")}}}
      - type: select_one roles
        name: member_role
        number: H.04.2
        label: {_text("Role", "角色", "角色")}
""",
    "plant.yaml": f"""
settings:
  form_id: plant
  version: "1"
  number: "1"
  title: {_text("Walk through the plant", "廠區巡查", "厂区巡查")}
  scoring: {{profile: points}}
choices:
  grades:
    - {{name: yes, label: {_text("Yes", "是", "是")}}}
    - {{name: partly, label: {_text("Partly", "部分", "部分")}}}
    - {{name: no, label: {_text("No", "否", "否")}}}
  devices:
    - {{name: carbon, label: {_text("Activated carbon", "活性炭", "活性炭")}}}
    - {{name: oxidiser, label: {_text("Oxidiser", "蓄熱燃燒", "蓄热燃烧")}}}
survey:
  - type: group
    name: energy
    label: {_text("Energy", "能源", "能源")}
    children:{_answers(ENERGY)}
  - type: group
    name: air
    label: {_text("Air and waste", "廢氣與廢物", "废气与废物")}
    children:{_answers(AIR)}
      - type: repeat
        name: outlets
        number: "1.20"
        label: {_text("Outlets", "排放口", "排放口")}
        row_label: "${{outlet_no}}"
        row_letter: D
        key: [outlet_no]
        children:
          - {{type: text, name: outlet_no, number: 1.20.1, label: {_text("Outlet", "排放口編號", "排放口编号")}}}
          - type: select_one devices
            name: device
            number: 1.20.2
            label: {_text("Treatment", "治理設施", "治理设施")}
          - {{type: text, name: where, number: 1.20.3, label: {_text("Where it stands", "位置", "位置")}}}
""",
    "found.yaml": f"""
settings:
  form_id: found
  version: "1"
  number: F
  kind: findings
  title: {_text("Findings", "評核發現", "评核发现")}
  scoring: {{profile: none}}
choices:
  levels:
    - {{name: major, label: {_text("Major", "嚴重", "严重")}}}
    - {{name: minor, label: {_text("Minor", "一般", "一般")}}}
survey:
  - type: repeat
    name: findings
    number: F.01
    row_letter: F
    row_label: "${{grade}}"
    label: {_text("Findings", "評核發現", "评核发现")}
    children:
      - type: select_one levels
        name: grade
        number: F.01.1
        label: {_text("Grade", "級別", "级别")}
      - {{type: text, name: owner, number: F.01.2, label: {_text("Owner", "負責人", "负责人")}}}
      - {{type: date, name: due, number: F.01.3, label: {_text("Due", "期限", "期限")}}}
""",
    "scheme.yaml": f"""
settings:
  scheme_id: story
  version: "1"
  title: {_text("A short scheme", "簡短計劃", "简短计划")}
  status: draft criteria
  header_form: head
  findings_form: found
  category_question: head/category
parameters:
  pass_from:
    label: {_text("Pass from", "合格起點", "合格起点")}
    value: "50"
    status: to be confirmed
categories:
  - name: making
    label: {_text("Manufacturing", "製造業", "制造业")}
    forms:
      - {{form: plant, weight: "100"}}
    levels:
      - {{name: partner, label: {_text("Partner", "伙伴", "伙伴")}, at_least: pass_from}}
""",
}
