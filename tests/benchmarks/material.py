"""An invented scheme with one checklist of any size, and a visit of it in a data folder."""

import hashlib
import json
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from assessor_tui.config import shipped
from assessor_tui.materials import load_materials
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Visit, create_visit

CATEGORY = "manufacturing"
FORMS = 5
"""Checklists that the questions of a visit are spread over, as in the shipped scheme."""
DAY = "2026-11-12"
LEAD = "Lead Assessor"


def text(english: str) -> dict[str, str]:
    return {"en-HK": english, "zh-Hant-HK": english, "zh-Hans-CN": english}


def label(number: int) -> dict[str, str]:
    return {
        "en-HK": f"Is the meter at point {number} read and recorded every month?",
        "zh-Hant-HK": f"第{number}點的計量表是否每月抄錄？",
        "zh-Hans-CN": f"第{number}点的计量表是否每月抄录？",
    }


GUIDANCE = {
    "en-HK": "Ask the shift leader for the log, compare the last two readings with the meter itself.",
    "zh-Hant-HK": "向當值主管索取記錄，將最後兩次讀數與計量表核對。",
    "zh-Hans-CN": "向当班主管索取记录，将最后两次读数与计量表核对。",
}


def checklist_id(number: int) -> str:
    return f"speed_{number}"


def checklist(part: int, size: int, *, wide: int = 0) -> dict[str, Any]:
    """A checklist: choices with points, every tenth question deciding about the next two, sums over all sections.

    ``wide`` questions hang on the very first one: answering it has that many consequences.
    """
    sections: list[dict[str, Any]] = []
    names = []
    for number in range(1, size + 1):
        if number % 25 == 1:
            section = len(sections) + 1
            title = {"en-HK": f"Section {section}", "zh-Hant-HK": f"第{section}部分", "zh-Hans-CN": f"第{section}部分"}
            sections.append({"type": "group", "name": f"section_{section}", "label": title, "children": []})
        question: dict[str, Any] = {
            "type": "select_one answers", "name": f"q{number}", "number": f"{part}.{number}", "label": label(number),
            "guidance": GUIDANCE, "place": "production", "asked": "core", "weight": "2",
            "points": {"yes": "4", "partial": "2", "no": "0"},
        }  # fmt: skip
        if number % 10 in (2, 3):
            question["relevant"] = f"${{q{number - number % 10 + 1}}} != 'no'"
        if wide and 1 < number <= wide + 1:
            question["relevant"] = "${q1} != 'no'"
        sections[-1]["children"].append(question)
        names.append(f"q{number}")
    many = " + ".join(f"if(${{{name}}} = 'yes', 1, 0)" for name in names[:100])
    sections[-1]["children"].append(
        {
            "type": "calculate",
            "name": "many_yes",
            "number": f"{part}.{size + 1}",
            "label": text("Yes"),
            "calculation": many,
        }
    )
    choices = [
        {"name": "yes", "label": {"en-HK": "Yes", "zh-Hant-HK": "是", "zh-Hans-CN": "是"}},
        {"name": "partial", "label": {"en-HK": "Partly", "zh-Hant-HK": "部分", "zh-Hans-CN": "部分"}},
        {"name": "no", "label": {"en-HK": "No", "zh-Hant-HK": "否", "zh-Hans-CN": "否"}},
    ]
    title = {"en-HK": "Speed", "zh-Hant-HK": "速度", "zh-Hans-CN": "速度"}
    settings = {"form_id": checklist_id(part), "version": "1", "number": str(part), "kind": "checklist", "title": title,
                "scoring": {"profile": "points", "not_applicable": "renormalise"}}  # fmt: skip
    return {"settings": settings, "choices": {"answers": choices}, "survey": sections}


def scheme(forms: int) -> dict[str, Any]:
    name = {"en-HK": "Speed", "zh-Hant-HK": "速度", "zh-Hans-CN": "速度"}
    uses = [{"form": checklist_id(part), "weight": "20"} for part in range(1, forms + 1)]
    return {
        "settings": {
            "scheme_id": "speed", "version": "1", "title": name, "status": "draft criteria",
            "header_form": "visit_header", "findings_form": "findings", "category_question": "visit_header/category",
        },
        "parameters": {"good": {"label": name, "value": "80", "status": "to be confirmed"}},
        "places": [{"name": "production", "label": name}],
        "categories": [
            {"name": CATEGORY, "label": name, "forms": uses,
             "levels": [{"name": "good", "label": name, "at_least": "good"}]}
        ],
    }  # fmt: skip


def header() -> dict[str, Any]:
    name = {"en-HK": "Visit", "zh-Hant-HK": "現場評核", "zh-Hans-CN": "现场评核"}
    settings = {"form_id": "visit_header", "version": "1", "number": "H", "kind": "header", "title": name,
                "scoring": {"profile": "none"}}  # fmt: skip
    survey = [
        {"type": "text", "name": "site_name_en", "number": "H.1", "label": name},
        {"type": "date", "name": "visit_date", "number": "H.2", "label": name},
        {"type": "select_one categories", "name": "category", "number": "H.3", "label": name},
    ]
    return {"settings": settings, "choices": {"categories": [{"name": CATEGORY, "label": name}]}, "survey": survey}


def write_materials(folder: Path, size: int, *, forms: int = FORMS, wide: int = 0) -> Path:
    """The folder with the checklists, their scheme, a small header and the findings form of the program."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "findings.yaml").write_bytes((shipped("forms") / "findings.yaml").read_bytes())
    (folder / "header.yaml").write_text(json.dumps(header(), ensure_ascii=False), encoding="utf-8")
    for part in range(1, forms + 1):
        text = json.dumps(checklist(part, size // forms, wide=wide), ensure_ascii=False)
        (folder / f"{checklist_id(part)}.yaml").write_text(text, encoding="utf-8")
    (folder / "scheme.yaml").write_text(json.dumps(scheme(forms), ensure_ascii=False), encoding="utf-8")
    return folder


def identities(seed: str) -> Callable[[], str]:
    numbers = count(1)
    return lambda: hashlib.sha256(f"{seed}{next(numbers)}".encode()).hexdigest()[:32]


def make_visit(folder: Path, size: int, *, forms: int = FORMS, wide: int = 0, place: str = "walk") -> str:
    """Id of a new visit in the data folder, the program left at ``place``."""
    materials = write_materials(folder.with_name(f"{folder.name}-forms"), size, forms=forms, wide=wide)
    with Store.open(folder) as store:
        store.identify(LEAD, "lead")
        (known,) = load_materials(store, materials)
        header = {"site_name_en": "Speed Works Limited", "visit_date": DAY, "category": (CATEGORY,)}
        visit = create_visit(store, known, header, new_id=identities("speed"))
        here = {"place": place, "target": f"{checklist_id(1)}/q1", "visit": visit.id}
        store.set_local("", "last place", here)
        store.set_local(visit.id, "last place", here)
        store.set_local("", "language", "en-HK")
        return visit.id


def open_visit(folder: Path) -> tuple[Store, Visit]:
    """The data folder's store and its only visit."""
    store = Store.open(folder)
    return store, Visit(store, store.visits()[0].id, new_id=identities("more"))
