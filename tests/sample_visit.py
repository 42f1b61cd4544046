"""A realistic visit for tests of what reviewers read: a battery maker, invented, visited with two laptops.

Everything is recorded through ``Visit.record`` on the shipped forms, as a person at the keyboard would.
"""

import hashlib
import io
from collections.abc import Callable, Iterator
from functools import cache
from itertools import count
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw

from assessor_tui.config import shipped
from assessor_tui.evidence.files import make_preview, store_file
from assessor_tui.form.canonical import canonical_bytes, form_hash
from assessor_tui.form.model import NUMBER_TYPES, SILENT_TYPES, Form, Question
from assessor_tui.form.read import is_scheme, read_form, read_scheme
from assessor_tui.form.scheme import Scheme
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.value import Evidence, Quantity, Value
from assessor_tui.logic.filling import Filling
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Materials, Visit, create_visit

DAY = "2026-11-12"
SITE_ZH, SITE_EN = "樣本儲能科技（東莞）有限公司", "Sample Energy Storage (Dongguan) Limited"
NINE_O_CLOCK = 1_794_445_200_000_000
"""2026-11-12T09:00:00+08:00 in microseconds."""


class Sample(NamedTuple):
    """Two laptops with the same visit."""

    lead: Visit
    colleague: Visit

    def close(self) -> None:
        self.lead.store.close()
        self.colleague.store.close()


def clock(start: int = NINE_O_CLOCK, step: int = 37_000_000) -> Callable[[], int]:
    """A clock that goes on by ``step`` microseconds each time it is asked."""
    ticks = count(start, step)
    return lambda: next(ticks)


def identities(name: str) -> Callable[[], str]:
    """Ids that are the same in every run."""
    numbers = count(1)
    return lambda: hashlib.sha256(f"{name}{next(numbers)}".encode()).hexdigest()[:32]


def open_store(folder: Path, person: str, role: str) -> Store:
    store = Store.open(folder, now=clock())
    store.identify(person, role)
    return store


@cache
def _shipped() -> tuple[Scheme, tuple[Form, ...]]:
    forms = []
    for path in sorted(shipped("forms").glob("*.yaml")):
        if is_scheme(path.read_bytes()):
            scheme, problems = read_scheme(path.read_bytes())
        else:
            form, problems = read_form(path.read_bytes())
            assert form is not None
            forms.append(form)
        assert problems == ()
    assert scheme is not None
    return scheme, tuple(forms)


def shipped_materials(store: Store) -> Materials:
    """What the program ships, kept in the ledger; the files are read once in a run."""
    scheme, forms = _shipped()
    store.add((), forms=map(canonical_bytes, forms), schemes=[canonical_bytes(scheme)])
    return Materials(scheme, form_hash(scheme), {form.form_id: (form, form_hash(form)) for form in forms})


def new_visit(store: Store, site_zh: str = SITE_ZH, site_en: str = SITE_EN, name: str = "lead") -> Visit:
    """A visit whose header is answered as far as it identifies the site."""
    materials = shipped_materials(store)
    answers: dict[str, Value] = {
        "site_name_zh": site_zh,
        "site_name_en": site_en,
        "registered_number": "91441900MA00000000",
        "site_address_zh": "廣東省東莞市樣本鎮示範路1號",
        "site_address_en": "1 Demonstration Road, Sample Town, Dongguan, Guangdong",
        "sector": ("electrical",),
        "main_products": "磷酸鐵鋰電芯及電池組",
        "employees": Quantity("1260"),
        "applicant_name_en": "Sample Energy Holdings Limited",
        "applicant_name_zh": "樣本能源控股有限公司",
        "business_registration": "00000000-000",
        "category": ("excellent_manufacturing",),
        "application_number": "SAMPLE-2026-0147",
        "visit_date": DAY,
        "period_from": "2025-10-01",
        "period_to": "2026-09-30",
    }
    return create_visit(store, materials, answers, new_id=identities(name))


def same_visit(store: Store, visit: Visit) -> Visit:
    """The same visit on another laptop, as an invitation would bring it."""
    shipped_materials(store)
    store.add(visit.store.entries(visit.id))
    return Visit(store, visit.id, new_id=identities("colleague"))


def merge(into: Visit, other: Visit) -> None:
    into.store.add(other.store.entries(other.id))
    into.refresh()


def row(visit: Visit, form: str, repeat: str, **answers: Value) -> str:
    """Path of a new row with these answers."""
    recorded = visit.record(acts.ADD_ROW, form, repeat)
    assert recorded.problems == (), recorded.problems
    path = recorded.entries[0][1].path
    for name, value in answers.items():
        if value != "":
            say(visit, form, f"{path}/{name}", value)
    return path


def say(visit: Visit, form: str, path: str, value: Value, why: str = "") -> None:
    recorded = visit.record(acts.ANSWER, form, path, value, why=why)
    assert recorded.problems == (), (path, value, recorded.problems)


def fill(visit: Visit, form: str, *, skip: int = 11) -> None:
    """Answers what the form still asks; every ``skip``-th question or so stays open."""
    for _ in range(60):
        filling = visit.filling(form)
        item = next(_unanswered(filling, form, skip), None)
        if item is None:
            return
        path, question = item
        value = _plausible(filling, path, question)
        if value is None:
            why = "Record of the last quarter, from the site, by 2026-11-26"
            recorded = visit.record(acts.TO_COME, form, path, why=why)
            assert recorded.problems == (), recorded.problems
        else:
            say(visit, form, path, value)


def _unanswered(filling: Filling, form: str, skip: int) -> Iterator[tuple[str, Question]]:
    for item in filling.items():
        node = item.node
        if item.kind != "question" or not isinstance(node, Question) or node.type in SILENT_TYPES | {"file"}:
            continue
        now = filling.state(item.path)
        if (
            now.status == "missing"
            and not now.read_only
            and (node.asked == "core" or now.required)
            and _luck(form + item.path, skip)
        ):
            yield item.path, node


def _luck(text: str, of: int) -> int:
    """0 for one text in ``of``, the same in every run; row ids do not count."""
    from assessor_tui.ledger.entry import generic_path

    return hashlib.sha256(generic_path(text).encode()).digest()[0] % of


def _plausible(filling: Filling, path: str, question: Question) -> Value | None:
    """An answer that a good factory might give and the form accepts; None when there is none at hand."""
    for value in _candidates(filling, path, question):
        if not filling.check(path, value):
            return value
    return None


def _candidates(filling: Filling, path: str, question: Question) -> Iterator[Value]:
    if question.type == "select_one":
        chosen = sorted(filling.choices(path), key=lambda c: -float(question.points.get(c.name, "0")))
        fair = [c for c in chosen if c.name not in (*question.veto, *question.limiting)] or chosen
        lower = _luck(path, 5) == 1 and len(fair) > 1
        yield from ((c.name,) for c in (fair[1:] if lower else fair))
    elif question.type == "select_multiple":
        choices = filling.choices(path)
        good = [c.name for c in choices if c.name not in ("none", "other", *question.veto)]
        yield tuple(good[:4])
        yield (choices[-1].name,)
    elif question.type in NUMBER_TYPES:
        unit = question.units[0] if question.units else ""
        for number in ("12", "85", "3", "0.8", "240", "1500", "18000", "1", "0", "100"):
            yield Quantity(number, unit)
    elif question.type == "date":
        yield from ("2026-10-20", "2027-06-30", "2025-10-01", "2026-09-30", DAY, "2024-03-15")
    elif question.type == "acknowledge":
        yield "yes"
    else:
        yield "見現場紀錄 R-12" if _luck(path, 2) else "As recorded in file R-12"
        yield "R-12"


def picture(title: str, colour: tuple[int, int, int]) -> bytes:
    """A drawn photo, 1200 x 800."""
    image = Image.new("RGB", (1200, 800), (214, 219, 222))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 560, 1200, 800), fill=(120, 126, 130))
    for left in range(80, 1100, 260):
        draw.rectangle((left, 300 - left % 170, left + 170, 640), fill=colour, outline=(40, 40, 40), width=6)
        draw.ellipse((left + 40, 210 - left % 170, left + 130, 300 - left % 170), fill=(240, 240, 240), width=5)
    draw.line((0, 180, 1200, 120), fill=(70, 70, 80), width=18)
    draw.text((40, 740), title, fill=(255, 255, 255))
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "SECRET-EXIF"
    image.save(out, "JPEG", quality=88, exif=exif)
    return out.getvalue()


def photo(visit: Visit, form: str, path: str, caption: str, colour: tuple[int, int, int]) -> None:
    data = picture(caption.encode("ascii", "replace").decode(), colour)
    stored = store_file(visit.store.folder, [data], name="photo.jpg")
    visit.store.note_evidence(stored.sha256, len(data), "image/jpeg")
    make_preview(visit.store.folder, stored.sha256)
    about = {
        "sha256": stored.sha256, "name": "photo.jpg", "type": "image/jpeg", "size": str(len(data)),
        "taken": "2026-11-12T10:12:00+08:00", "caption": caption,
    }  # fmt: skip
    recorded = visit.record(acts.ATTACH, form, path, Evidence("photo", about))
    assert recorded.problems == (), recorded.problems


ENERGY_NODES = (
    ("Grid electricity 外購電力", "source"), ("Rooftop PV 屋頂光伏", "source"), ("Natural gas 天然氣", "source"),
    ("Substation 變電站", "conversion"), ("Boiler 鍋爐", "conversion"), ("Chillers 冷水機組", "conversion"),
    ("Dry rooms 乾燥房", "use"), ("Coating and NMP recovery 塗布及NMP回收", "use"),
    ("Formation and ageing 化成及老化", "use"), ("Compressed air 壓縮空氣", "use"), ("Lighting 照明", "use"),
    ("Flue gas and cables 煙氣及線路損失", "loss"),
)  # fmt: skip
ENERGY_FLOWS = (
    (0, 3, "electricity", "18420"), (1, 3, "electricity", "2150"), (2, 4, "natural_gas", "6300"),
    (3, 5, "electricity", "3710"), (3, 6, "electricity", "4200"), (3, 7, "electricity", "2900"),
    (3, 8, "electricity", "6000"), (3, 9, "compressed_air", "1900"), (3, 10, "electricity", "1270"),
    (3, 11, "heat", "310"), (4, 6, "steam", "1500"), (4, 7, "steam", "3950"), (4, 11, "heat", "780"),
    (5, 6, "chilled_water", "3300"),
)  # fmt: skip
MATERIAL_NODES = (
    ("NMP bought", "source"),
    ("NMP recovered", "source"),
    ("Mixing", "conversion"),
    ("Coating oven", "conversion"),
    ("Condenser", "use"),
    ("Stack", "loss"),
    ("Waste slurry", "loss"),
)
MATERIAL_FLOWS = (
    (0, 2, "NMP", "96"), (1, 2, "NMP", "1130"), (2, 3, "NMP", "1214"), (2, 6, "NMP", "12"), (3, 4, "NMP", "1168"),
    (3, 5, "NMP", "21"),
)  # fmt: skip


def chart(
    visit: Visit, nodes: tuple[str, str, str], flows: tuple[str, str, str, str, str],
    points: tuple[tuple[str, str], ...], arrows: tuple[tuple[int, int, str, str], ...], unit: str,
) -> None:  # fmt: skip
    form, ids = "energy_material_flow", []
    for name, kind in points:
        path = row(visit, form, nodes[0], **{nodes[1]: name, nodes[2]: (kind,)})
        ids.append(path[-33:-1])
    for start, end, carrier, amount in arrows:
        what: Value = carrier if unit == "t" else (carrier,)
        row(
            visit, form, flows[0],
            **{flows[1]: (ids[start],), flows[2]: (ids[end],), flows[3]: what, flows[4]: Quantity(amount, unit)},
        )  # fmt: skip


def sample(tmp_path: Path) -> Sample:
    """The whole visit: two laptops, a conflict that was settled, one that is open, findings, photos, flows."""
    lead = new_visit(open_store(tmp_path / "lead", "Chan Siu Ming (sample)", "lead"))
    for name, role in (("Chan Siu Ming (sample)", "lead"), ("李芷晴（樣本）", "assessor")):
        row(lead, "visit_header", "team", member_name=name, member_role=(role,), member_organisation="Sample Body",
            conflict_of_interest=("none",))  # fmt: skip
    row(lead, "visit_header", "attendance", attendee_name="王經理（樣本）", attendee_side=("site",),
        attendee_post="環境、健康及安全經理", attended=("opening", "closing"))  # fmt: skip
    row(lead, "visit_header", "attendance", attendee_name="Chan Siu Ming (sample)", attendee_side=("team",),
        attendee_post="Team lead", attended=("opening", "closing"))  # fmt: skip
    say(lead, "visit_header", "doubts", "INTERNAL-DOUBT: the output figures look too round.")
    colleague = same_visit(open_store(tmp_path / "colleague", "李芷晴（樣本）", "assessor"), lead)

    chart(lead, ("energy_nodes", "node_name", "node_kind"), ("energy_flows", "from", "to", "carrier", "amount"),
          ENERGY_NODES, ENERGY_FLOWS, "MWh")  # fmt: skip
    chart(
        lead, ("material_nodes", "stage_name", "stage_kind"),
        ("material_flows", "material_from", "material_to", "material", "material_amount"),
        MATERIAL_NODES, MATERIAL_FLOWS, "t",
    )  # fmt: skip
    for form in ("gate", "energy_material_flow", "supply_chain"):
        fill(lead, form)
    _pollution(colleague)
    for form in ("pollution_control", "recycling_waste"):
        fill(colleague, form)
    _disputes(lead, colleague)
    _findings(lead)
    return Sample(lead, colleague)


def _pollution(visit: Visit) -> None:
    form = "pollution_control"
    for path, value in (
        ("has_exhaust_air", ("yes",)), ("has_voc_process", ("yes",)), ("waste_water_kind", ("own_plant",)),
        ("works_at_night", ("yes",)),
    ):  # fmt: skip
        say(visit, form, path, value)
    row(
        visit, form, "devices", device_tag="RTO-1", device_type=("oxidiser",), design_air_flow=Quantity("60000", "m3/h")
    )
    row(visit, form, "outlets", outlet_no="DA001")
    row(visit, form, "outlets", outlet_no="DA002")
    photo(visit, form, "works_at_night", "Stack DA002 seen from the roof 從天台拍攝", (86, 133, 161))


def answerable(visit: Visit, form: str, count_: int) -> list[tuple[str, Question]]:
    """Questions of the form with at least two choices that earn different points, outside of repeats."""
    found = []
    for item in visit.filling(form).items():
        node = item.node
        if item.kind == "question" and isinstance(node, Question) and "[" not in item.path:
            earned = {float(points) for points in node.points.values()}
            if node.type == "select_one" and len(earned) > 1 and not node.veto and not node.limiting:
                found.append((item.path, node))
    return found[-count_:]


def _disputes(lead: Visit, colleague: Visit) -> None:
    """Two questions answered differently on two laptops; the lead settles the first."""
    form = "recycling_waste"
    (first, one), (second, two), (third, _) = answerable(colleague, form, 3)
    for visit, place in ((lead, -1), (colleague, 0)):
        for path, question in ((first, one), (second, two)):
            ordered = sorted(question.points, key=lambda name: float(question.points[name]))
            recorded = visit.record(acts.ANSWER, form, path, (ordered[place],), why="As I saw it.")
            assert recorded.problems == (), recorded.problems
    recorded = colleague.record(
        acts.NOT_APPLICABLE, form, third, why="全部以槽車運輸，不使用一次性包裝。All goods leave by tank lorry."
    )
    assert recorded.problems == (), recorded.problems
    noted = colleague.record(acts.NOTE, form, third, "INTERNAL-NOTE: the manager was nervous about this one.")
    assert noted.problems == (), noted.problems
    colleague.record(acts.COMMENT, form, third, "INTERNAL-COMMENT: please check with the secretariat.")
    merge(lead, colleague)
    merge(colleague, lead)
    best = max(one.points, key=lambda name: float(one.points[name]))
    why = "INTERNAL-SETTLED: both looked at the weigh notes again together."
    settled = lead.record(acts.SETTLE, form, first, (best,), why=why)
    assert settled.problems == (), settled.problems


def _findings(visit: Visit) -> None:
    found = (
        (
            "major", "pollution_control/works_at_night",
            "No calibration of the VOC monitor on stack DA002 since March.", "Roof, stack DA002", "1 of 2 monitors",
            "Label of the analyser, photo; the maintenance plan lists it as due in September.",
            "Permit, condition 4.2", (176, 112, 88),
        ),
        (
            "minor", "recycling_waste/hw_signs", "危險廢物倉庫三個標籤沒有日期。", "危廢倉庫東側", "12個中有3個",
            "現場照片；倉管員確認。", "GB 18597-2023 第6.1條", (110, 150, 90),
        ),
        (
            "observation", "", "Compressors run at 0.78 MPa while no user needs more than 0.62 MPa.",
            "Compressor room", "", "Display of the central controller, seen at 14:10.", "", (90, 90, 150),
        ),
    )  # fmt: skip
    for grade, question, text, where, how_much, proof, clause, colour in found:
        path = row(visit, "findings", "findings", grade=(grade,), question=question, text=text, where=where,
                   objective_evidence=proof, status=("open",))  # fmt: skip
        for name, value in (("how_much", how_much), ("clause", clause)):
            if value:
                say(visit, "findings", f"{path}/{name}", value)
        if grade != "observation":
            say(visit, "findings", f"{path}/owner", "王經理（樣本）")
            say(visit, "findings", f"{path}/due", "2027-01-15")
            say(visit, "findings", f"{path}/correction", "Calibrate and send the certificate.")
        photo(visit, "findings", f"{path}/objective_evidence", f"{text[:40]}", colour)
    row(
        visit, "findings", "findings", grade=("good_practice",), status=("open",),
        text="Heat of the NMP condenser preheats the dry-room wheel.",
        highlight="NMP 冷凝餘熱每年回收 1,210 兆瓦時",
    )  # fmt: skip
    withdrawn = row(visit, "findings", "findings", grade=("minor",), text="WITHDRAWN-FINDING about a drain.")
    say(visit, "findings", f"{withdrawn}/status", ("withdrawn",))
    row(visit, "findings", "actions", action="Send the calibration certificate", action_owner="王經理（樣本）",
        action_due="2027-01-15")  # fmt: skip
