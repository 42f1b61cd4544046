"""A lithium-ion battery maker that does not exist, visited by two assessors who each bring a log home.

The lead takes the gate, energy and the findings, the assessor pollution control, waste and the supply chain. Both look
into the hazardous waste store, a day apart, and see different labels: the one conflict of the sample.
"""
# ruff: noqa: E501 - a table reads better with one line per row, and Chinese counts double

from pathlib import Path

from assessor_tui.ledger.awaited import Awaited, awaited_text
from assessor_tui.ledger.value import Quantity, Value
from assessor_tui.materials import load_materials

from .desk import Desk, interview, measured, recomputed, seen

LEAD, ASSESSOR = "Chan Shili 陳示例 (invented)", "Lee Sample 李樣本 (invented)"
MANAGER = "Wong Yangben 王樣本 (invented)"
BUNDLES = ("lead.zip", "assessor.zip")
CONFLICT = ("recycling_waste", "hw_labels")

HEADER: dict[str, Value] = {
    "site_name_zh": "示例電池（東莞）有限公司（虛構）",
    "site_name_en": "Sample Battery (Dongguan) Ltd (invented)",
    "registered_number": "SAMPLE000000000001",
    "site_address_zh": "廣東省東莞市示例鎮虛構路1號",
    "site_address_en": "1 Invented Road, Sample Town, Dongguan, Guangdong",
    "sector": ("electrical",),
    "main_products": "磷酸鐵鋰方形電芯 280 Ah 及儲能電池組 LFP cells and packs",
    "employees": Quantity("1260"),
    "site_languages": ("cantonese", "putonghua"),
    "applicant_name_en": "Sample Battery Holdings Ltd (invented)",
    "applicant_name_zh": "示例電池控股有限公司（虛構）",
    "business_registration": "00000001-000",
    "business_registration_expires": "2027-03-31",
    "contact_person": f"{MANAGER}, EHS manager 環境健康安全經理",
    "category": ("excellent_manufacturing",),
    "application_number": "SAMPLE-2026-001",
    "holds_label": ("no",),
    "batch": "SAMPLE-2026",
    "visit_date": "2026-11-12",
    "visit_last_date": "2026-11-13",
    "visit_length": ("two_days",),
    "deadline": "2026-12-18",
    "site_language": ("zh-Hans-CN",),
    "period_from": "2025-10-01",
    "period_to": "2026-09-30",
    "statistics_year": Quantity("2026"),
}


OFFICE, POWER, UTILITIES, MIXING, COATING, DRY, FORMATION, ROOF, WATER, HAZARDOUS, GENERAL, SPARES, GATE = (
    "办公楼", "10kV变电站", "公用动力站房", "投料搅拌间", "涂布车间", "干燥房及装配车间", "化成车间", "楼顶治理设施区",
    "污水处理站", "危废仓", "一般固废仓", "备件仓", "东门及厂界",
)  # fmt: skip
"""The site's own places, as its site plan names them."""
PLACES = (
    (OFFICE, "office", "EHS、设备部、采购部"), (POWER, "utilities", "进线电表；钥匙在值班室"),
    (UTILITIES, "utilities", "锅炉 B-1、空压站、冷水机组"), (SPARES, "stores", ""), (MIXING, "production", "BF-1"),
    (COATING, "production", "1-3 号线，NMP 冷凝器"), (DRY, "production", "露点 -45 °C，进入须换服"), (FORMATION, "production", ""),
    (ROOF, "treatment", "RTO-1、AC-2、DA001-DA003；雨天不可上"), (WATER, "treatment", "DW001"),
    (HAZARDOUS, "stores", "W-02，钥匙在仓管员"), (GENERAL, "stores", ""), (GATE, "gate", "东厂界近民居"),
)  # fmt: skip
"""In walking order: name, kind, what is there."""


def make(folder: Path, forms: Path, pictures: Path, bundles: Path) -> None:
    """Both laptops' bundles of the visit, in ``bundles``; ``folder`` holds their data folders meanwhile."""
    lead = Desk(folder / "lead", LEAD, "lead", pictures)
    lead.at("2026-11-10 15:05")
    (materials,) = load_materials(lead.store, forms)
    lead.begin(materials, HEADER)
    _prepare(lead)
    invitation = lead.invite(folder)
    colleague = Desk(folder / "assessor", ASSESSOR, "assessor", pictures)
    colleague.at("2026-11-11 18:40")
    colleague.join(invitation, lead.visit.id)
    _opening(lead)
    _gate(lead)
    _energy_network(lead)
    _energy_bills(lead)
    _store_on_the_first_day(lead)
    _utilities(lead)
    _materials(lead)
    _air(colleague)
    _water_and_noise(colleague)
    _waste(colleague)
    _supply_chain(colleague)
    _findings(lead)
    lead.deliver(bundles, BUNDLES[0])
    colleague.deliver(bundles, BUNDLES[1])


def _prepare(lead: Desk) -> None:
    h = "visit_header"
    lead.prove(f"{h}/registered_number", seen("SAMPLE000000000001", "示例市市場監督管理局（虛構）", "2019-04-02"))
    lead.prove(f"{h}/business_registration", seen("00000001-000", "Sample register (invented)", "2026-04-01"))
    for place, kind, what in PLACES:
        said = {"place_name": place, "place_kind": kind} | ({"place_note": what} if what else {})
        lead.row(f"{h}/site_places", **said)
    for name, role, sections, places in (
        (LEAD, "lead", "gate energy_material_flow", "office production utilities"),
        (ASSESSOR, "assessor", "pollution_control recycling_waste supply_chain", "treatment stores gate"),
    ):
        lead.row(f"{h}/team", member_name=name, member_role=role, member_organisation="Sample Assessment Body (invented)",
                 covers_sections=sections, covers_places=places, conflict_of_interest="none")  # fmt: skip
    for what, detail, state, received, expires in (
        ("process_chart", "電芯線 Line 1-3", "received", "2026-11-05", ""),
        ("energy_diagram", "version 2024-06", "received", "2026-11-05", ""),
        ("energy_water_records", "2025-10 至 2026-09 電費單、氣費單", "received", "2026-11-08", ""),
        ("licences", "排污許可證正本", "original_seen", "2026-11-12", "2028-05-29"),
        ("waste_contracts", "四家處置單位合同及許可證", "received", "2026-11-08", "2026-12-31"),
        ("greenhouse_inventory", "2025 年度", "requested", "", ""),
    ):
        answers = {
            "requested_document": what,
            "document_detail": detail,
            "asked_on": "2026-11-02",
            "document_state": state,
        }
        answers |= {"received_on": received} if received else {}
        answers |= {"document_expires": expires} if expires else {}
        row = lead.row(f"{h}/requested_documents", **answers)
        if received and not expires:
            lead.not_applicable(f"{h}/requested_documents[{row}]/document_expires", "Does not expire 無期限")
    lead.say(f"{h}/doubts", "Gas bills of two months are the same to the cubic metre: estimated? 請核對。")


def _opening(lead: Desk) -> None:
    h = "visit_header"
    lead.at("2026-11-12 09:12")
    lead.say(f"{h}/confidentiality", "yes")
    lead.say(f"{h}/opening_told", "purpose plan confidentiality photos safety findings contacts")
    sheet = seen("Attendance sheet 簽到表 S-1", date="2026-11-12", kept="team file")
    for name, side, post, when in (
        (LEAD, "team", "Team lead", "opening closing"),
        (ASSESSOR, "team", "Assessor", "opening closing"),
        (MANAGER, "site", "環境健康安全經理", "opening closing"),
        ("Ho Xugou 何虛構 (invented)", "site", "設備部主管 Head of equipment", "opening"),
    ):
        lead.row(f"{h}/attendance", ("attended", sheet), attendee_name=name, attendee_side=side, attendee_post=post,
                 attended=when)  # fmt: skip


def _gate(lead: Desk) -> None:
    g = "gate"
    lead.at("2026-11-12 09:48")
    lead.say(f"{g}/applicant_kind", "manufacturer")
    lead.say(f"{g}/hk_connection", "wholly_owned",
             seen("外商投資企業批准證書 SAMPLE-W-07", "示例市商務局（虛構）", "2019-03-18"))  # fmt: skip
    lead.say(f"{g}/papers_agree", "explained", seen("更名核准通知 SAMPLE-N-11", "示例市市場監督管理局（虛構）", "2023-08-09"),
             note="2023 年更名，舊名仍見於環評批覆；更名通知正本已核對。")  # fmt: skip
    lead.say(f"{g}/scope_agrees", "yes")
    lead.say(
        f"{g}/approvals_complete", "yes", seen("批文清單 A-03（三期）", "EHS file", "2026-11-01", kept="EHS office")
    )
    permits = (
        ("eia", "示環審〔2019〕14號", "示例市生態環境局（虛構）", "一期、二期", "2019-06-20", "", "original"),
        ("eia", "示環審〔2023〕6號", "示例市生態環境局（虛構）", "三期", "2023-02-14", "", "original"),
        ("acceptance", "自主驗收 2024-01", "示例電池（虛構）", "三期", "2024-01-26", "", "copy"),
        ("discharge", "SAMPLE000000000001001V", "示例市生態環境局（虛構）", "DA001-DA003, DW001", "2023-05-30", "2028-05-29", "original"),
        ("drainage", "示水排〔2021〕88號", "示例市水務局（虛構）", "DW001", "2021-11-01", "2026-10-31", "original"),
        ("fire", "示消驗〔2023〕41號", "示例市住建局（虛構）", "三期廠房", "2023-12-12", "", "copy"),
    )  # fmt: skip
    for kind, number, authority, covers, issued, expires, how in permits:
        answers = {"permit_kind": kind, "document_no": number, "authority": authority, "covers": covers,
                   "issued_on": issued, "original_state": how}  # fmt: skip
        row = lead.row(f"{g}/permits", **answers)
        if expires:
            lead.say(f"{g}/permits[{row}]/expires_on", expires)
        else:
            lead.not_applicable(f"{g}/permits[{row}]/expires_on", "Approval without expiry 批覆無期限")
        if kind == "drainage":
            lead.note(
                f"{g}/permits[{row}]/expires_on",
                "Expired 12 days ago; renewal filed 2026-09-28, receipt seen. 續期受理回執已看。",
            )
    permit = seen("SAMPLE000000000001001V", "示例市生態環境局（虛構）", "2023-05-30", kept="EHS office")
    lead.say(f"{g}/discharge_permit", "permit", permit)
    lead.say(f"{g}/discharge_permit_expires", "2028-05-29", permit)
    lead.say(f"{g}/outlets_covered", "all")
    lead.say(
        f"{g}/permit_duties",
        "partial",
        note="Third-quarter execution report was filed nine days late. 第三季執行報告遲交九天。",
    )
    lead.say(f"{g}/incidents", "none", seen("公共信用信息報告 SAMPLE-CR-2026", "示例信用平台（虛構）", "2026-11-09"))
    for register, result in (
        ("credit", "clean"),
        ("environment", "clean"),
        ("safety", "clean"),
        ("hong_kong", "clean"),
    ):
        lead.row(f"{g}/register_searches", ("search_result", seen(f"Print of {register} register", date="2026-11-09")),
                 register=register, name_searched="SAMPLE000000000001", searched_on="2026-11-09", search_result=result)  # fmt: skip
    lead.say(f"{g}/eliminated_found", "standby",
             seen("設備台帳 E-14", "設備部", "2026-10-30"),
             note="Two Y-series motors stand in the spare store, disconnected; scrap order of December seen.")  # fmt: skip
    lead.say(f"{g}/elimination_checked", "equipment_list nameplates process")
    lead.row(f"{g}/eliminated_items", ("item_model", seen("nameplate Y180L-4", "spare store")), item_model="Y180L-4 motor",
             item_where=SPARES, item_count="2", list_entry="Y 系列電動機", retire_by="2026-12-31")  # fmt: skip
    lead.say(f"{g}/concentrations", "within", seen("檢測報告 SAMPLE-T-2609", "示例檢測（虛構）", "2026-09-18"))
    lead.say(f"{g}/last_monitoring", "2026-09-18")
    lead.say(f"{g}/total_load", "within", recomputed("NMHC 6.1 t of 9.4 t permitted; COD 0.44 t of 0.60 t"))
    lead.say(f"{g}/new_buildings", "yes")
    lead.say(
        f"{g}/energy_review", "yes", seen("節能審查意見 示發改能審〔2022〕31號", "示例市發改局（虛構）", "2022-12-02")
    )
    lead.say(f"{g}/three_simultaneities", "yes", seen("驗收報告 2024-01", "示例電池（虛構）", "2024-01-26"))
    lead.say(f"{g}/separate_rooms", "yes", seen("Walk of 12 November, rooms 1F-07 and W-02", "", "2026-11-12"))
    lead.say(
        f"{g}/environment_system", "certified", seen("SAMPLE-EMS-0425", "Sample Certification (invented)", "2024-05-20")
    )
    for standard, number, until in (
        ("iso_14001", "SAMPLE-EMS-0425", "2027-05-19"),
        ("iso_50001", "SAMPLE-EnMS-118", "2026-12-04"),
        ("iso_45001", "SAMPLE-OHS-0426", "2027-05-19"),
    ):
        lead.row(f"{g}/certificates", standard=standard, certificate_no=number, certified_by="Sample Certification (invented)",
                 certificate_expires=until, covers_site="yes")  # fmt: skip
    lead.say(f"{g}/cp_organisation", "level_2", seen("任命書 2025-02", "總經理", "2025-02-03"))
    lead.say(f"{g}/cp_audit", "done", seen("清潔生產審核報告 2024", "示例電池（虛構）", "2024-09-30"))
    lead.say_all(g, {"cp_audit_date": "2024-09-30", "options_planned": "8", "options_done": "6"})
    lead.prove(f"{g}/options_done", seen("方案實施台帳 CP-02", "", "2026-10-15"))
    lead.say(f"{g}/options_level", "level_2")
    lead.say(
        f"{g}/earlier_assessment",
        "yes",
        interview(f"{MANAGER}", "CP3 on-site assessment in 2021, report at the Hong Kong office"),
    )
    for text, state, money, proof, note in (
        (
            "NMP 冷凝尾氣餘熱預熱新風 Preheat fresh air with NMP condenser heat",
            "done",
            "186",
            "天然氣耗量每月減少約 11%",
            "",
        ),
        (
            "Lower compressed air pressure from 0.78 to 0.65 MPa",
            "part",
            "4",
            "",
            "Line 3 still needs 0.75 MPa for the winding machine.",
        ),
        ("Meter each dry room 乾燥房分項計量", "not_done", "", "", "預算推遲至 2027 年。"),
    ):
        answers = {"recommendation": text, "recommended_in": "2021", "recommendation_state": state}
        row = lead.row(f"{g}/recommendations", **answers)
        at = f"{g}/recommendations[{row}]"
        if money:
            lead.say(f"{at}/recommendation_investment", f"{money} 万CNY")
        if proof:
            lead.say(f"{at}/recommendation_benefit", proof)
            lead.prove(f"{at}/recommendation_state", seen("Gas readings 2022", "Utilities log"))
        if note:
            lead.note(f"{at}/recommendation_state", note)
    lead.say_all(g, {"statistics_from": "2025-10-01", "statistics_to": "2026-09-30"})
    lead.say(f"{g}/site_area", "86400 m2", seen("不動產權證 SAMPLE-L-19", "示例市自然資源局（虛構）", "2019-05-08"))
    lead.say_all(g, {"floor_area": "112300 m2", "footprint": "41200 m2", "output_value": "98600 万CNY"})
    lead.prove(f"{g}/output_value", seen("Audited statement FY2025/26", "Sample Auditors (invented)", "2026-10-20"))
    lead.row(f"{g}/products", ("output_charge", seen("入庫台帳 2025-10 至 2026-09", "倉儲部")),
             product="LFP 電芯 280 Ah", measure="charge", output_charge="11250 万Ah")  # fmt: skip
    lead.say(
        f"{g}/figures_traced",
        "yes",
        recomputed("Three months of output added up from the warehouse ledger: 2,796 of 2,796"),
    )


NODES = (
    ("Grid electricity 外購電力", "source"), ("Rooftop PV 屋頂光伏", "source"), ("Natural gas 天然氣", "source"),
    ("Substation 變電站", "conversion"), ("Boiler 鍋爐", "conversion"), ("Chillers 冷水機組", "conversion"),
    ("Compressors 空壓站", "conversion"), ("Dry rooms 乾燥房", "use"), ("Coating and NMP 塗布及NMP", "use"),
    ("Formation 化成", "use"), ("Air users 用氣設備", "use"), ("Lighting, offices 照明辦公", "use"),
    ("Cables, flue, heat 線損煙氣散熱", "loss"),
)  # fmt: skip
FLOWS = (
    (0, 3, "electricity", 18420, "metered"), (1, 3, "electricity", 2150, "metered"),
    (2, 4, "natural_gas", 6300, "invoiced"), (3, 5, "electricity", 3710, "metered"),
    (3, 6, "electricity", 1900, "metered"), (3, 7, "electricity", 4200, "metered"),
    (3, 8, "electricity", 2900, "calculated"), (3, 9, "electricity", 6040, "metered"),
    (3, 11, "electricity", 1270, "estimated"), (3, 12, "electricity", 310, "calculated"),
    (4, 7, "steam", 1500, "estimated"), (4, 8, "steam", 3650, "estimated"), (4, 12, "heat", 640, "calculated"),
    (5, 7, "chilled_water", 3240, "calculated"), (5, 12, "heat", 470, "calculated"),
    (6, 10, "compressed_air", 1290, "calculated"), (6, 12, "heat", 520, "estimated"),
    (9, 3, "electricity", 640, "metered"),
)  # fmt: skip


def _energy_network(lead: Desk) -> None:
    e = "energy_material_flow"
    lead.at("2026-11-12 13:35")
    lead.say_all(e, {"period_from": "2025-10-01", "period_to": "2026-09-30"})
    lead.say(f"{e}/energy_diagram", "outdated", seen("能源網絡圖 2024-06", "設備部", "2024-06-12"),
             note="Shows no PV and no third line. 圖上沒有光伏及三期。")  # fmt: skip
    lead.say(f"{e}/energy_diagram_date", "2024-06-12")
    lead.say(f"{e}/process_chart", "matches", seen("工藝流程圖 P-01 版本 F", "工藝部", "2026-03-02"))
    lead.say(
        f"{e}/energy_layout_level",
        "level_2",
        lead.photo("meter-substation.png", "10 kV substation, incoming meter 進線電表"),
    )
    lead.say(f"{e}/logistics_level", "level_2", seen("Site plan 總平面圖 G-02", "工藝部", "2025-07-01"))
    ids = [lead.row(f"{e}/energy_nodes", node_name=name, node_kind=kind) for name, kind in NODES]
    for start, end, carrier, megawatt_hours, basis in FLOWS:
        answers = {"from": ids[start], "to": ids[end], "carrier": carrier, "amount": f"{megawatt_hours} MWh",
                   "flow_basis": basis}  # fmt: skip
        if basis == "metered":
            answers["flow_meter"] = f"SAMPLE-E-{start:02d}{end:02d}"
        lead.row(f"{e}/energy_flows", **answers)
    lead.say(f"{e}/energy_remainder", "partly",
             note="餘數 1,480 MWh：乾燥房新風加熱沒有分表，估計佔大部分。 Boiler steam is estimated, not metered.")  # fmt: skip


ELECTRICITY = (1502, 1488, 1561, 1394, 1247, 1536, 1548, 1590, 1631, 1667, 1652, 1604)
"""Grid, MWh, October 2025 to September 2026."""
GAS = (46.2, 49.8, 54.1, 55.6, 47.3, 50.4, 47.7, 46.1, 45.0, 46.4, 47.5, 47.2)
"""Thousand cubic metres."""


def _energy_bills(lead: Desk) -> None:
    e = "energy_material_flow"
    lead.at("2026-11-12 15:20")
    power = lead.row(
        f"{e}/energy_carriers", carrier_name="Grid electricity 外購電力 (account SAMPLE-01)", carrier_unit="kWh"
    )
    gas = lead.row(f"{e}/energy_carriers", carrier_name="Natural gas 天然氣", carrier_unit="m3")
    for place in range(12):
        month = f"{2025 + (place + 9) // 12}-{(place + 9) % 12 + 1:02d}"
        kilowatt_hours = ELECTRICITY[place] * 1000
        lead.row(f"{e}/energy_by_month", carrier_of=power, month=month, metered=str(kilowatt_hours),
                 invoiced=str(kilowatt_hours + (370 * place) % 2900 - 1400))  # fmt: skip
        cubic_metres = round(GAS[place] * 1000)
        # Two bills were estimated by the supplier, both too low.
        billed = 30000 if place in (2, 3) else cubic_metres + 60
        lead.row(f"{e}/energy_by_month", carrier_of=gas, month=month, metered=str(cubic_metres), invoiced=str(billed))
    lead.say(f"{e}/gap_explained", "partly",
             note="十二月、一月氣費單為估算值（30,000 m³），供氣方承認但未出更正單。 Corrected bills asked for.")  # fmt: skip
    for carrier, size, needed, fitted, calibrated, until, stands in (
        ("electricity", "site", 2, 2, 2, "2027-06-30", POWER), ("electricity", "unit", 14, 12, 11, "2026-12-15", POWER),
        ("electricity", "equipment", 36, 29, 24, "2026-10-02", COATING), ("gas", "site", 1, 1, 1, "2027-03-11", UTILITIES),
        ("heat", "unit", 4, 1, 1, "2027-01-20", UTILITIES), ("water", "site", 1, 1, 1, "2027-08-30", GATE),
    ):  # fmt: skip
        row = lead.row(f"{e}/meters", meter_carrier=carrier, meter_class=size, meters_needed=str(needed),
                       meters_fitted=str(fitted), meters_calibrated=str(calibrated), calibration_until=until,
                       meter_place=stands)  # fmt: skip
        if until < "2026-11-12":
            lead.note(f"{e}/meters[{row}]/calibration_until", "校準十月到期，已預約十二月。 Booked for December.")
    lead.say(f"{e}/meter_gap_planned", "yes", seen("計量器具配備計劃 2027", "設備部", "2026-10-08"))
    lead.say(
        f"{e}/monitoring_level",
        "level_2",
        lead.photo("meter-substation.png", "Meter with link to the energy platform 遠傳電表"),
    )


def _store_on_the_first_day(lead: Desk) -> None:
    lead.at("2026-11-12 16:50")
    form, path = CONFLICT
    lead.say("recycling_waste/hazardous_generated", "yes")
    lead.say(f"{form}/{path}", "one", lead.photo("drum-store-day-1.png", "危廢倉東側：兩個桶的標籤沒有日期 Two of five labels without a date"),
             note="Passed the store on the way out: labels on drums 2 and 4 bear no date. 倉管員說當天下午才貼。")  # fmt: skip


def _utilities(lead: Desk) -> None:
    e = "energy_material_flow"
    lead.at("2026-11-13 09:05")
    lead.say(f"{e}/utilities_present", "boiler compressed_air chiller dry_room oven solvent formation")
    row = lead.row(f"{e}/boilers", boiler_name="B-1", boiler_fuel="natural_gas", boiler_power="4.2 MW",
                   boiler_efficiency="91.5 %", flue_temperature="196 degC", flue_oxygen="4.8 %", condensate="partial",
                   boiler_place=UTILITIES)  # fmt: skip
    lead.prove(
        f"{e}/boilers[{row}]/boiler_efficiency", seen("能效測試報告 SAMPLE-B-25", "示例特檢（虛構）", "2025-12-03")
    )
    lead.note(f"{e}/boilers[{row}]/flue_temperature", "Economiser bypassed since August, valve on order. 省煤器旁通。")
    lead.say_all(e, {"air_pressure_set": "7.8", "air_pressure_needed": "6.5"})
    lead.say(f"{e}/air_leak_rate", "14 %", measured("No-load test on Sunday 2026-11-08, station log"))
    lead.say(f"{e}/air_leak_programme", "partial")
    lead.say(f"{e}/dew_point_set", "-45", measured("BMS screen and own hygrometer: -44 °C"))
    lead.say(f"{e}/dew_point_needed", "-40")
    lead.say(f"{e}/dry_room_control", "partial", note="夜班後仍全開；壓差有監控。 Runs at full flow on Sundays.")
    lead.say(f"{e}/formation_feedback", "62 %", seen("化成櫃能量回饋報表", "設備部", "2026-10-31"))
    for name, kind, number, power, grade, place in (
        ("Compressor SC-250", "compressor", 4, 250, "grade_2", UTILITIES), ("Chiller LS-900", "air_conditioning", 3, 620, "grade_1", UTILITIES),
        ("Cooling pump IS-200", "pump", 8, 55, "grade_2", UTILITIES), ("Dry room fan 4-72", "fan", 12, 45, "grade_3", DRY),
        ("Transformer S11-2500", "transformer", 4, 2500, "grade_3", POWER),
    ):  # fmt: skip
        row = lead.row(f"{e}/equipment", equipment_name=name, equipment_kind=kind, equipment_count=str(number),
                       equipment_power=f"{power} kW", equipment_grade=grade, equipment_place=place)  # fmt: skip
    lead.say(f"{e}/building_measures", "daylight lighting_control greening renewable",
             seen("Drawings of phase 3 三期竣工圖", "設計院（虛構）", "2023-11-20"))  # fmt: skip
    for source, warm, available, recovered, used_for, place in (
        ("oven", 118, 5200, 3100, "Fresh air of the coating ovens 預熱新風", COATING), ("compressor", 72, 1800, 0, "", UTILITIES),
        ("formation", 41, 900, 0, "", FORMATION),
    ):  # fmt: skip
        answers = {"heat_source": source, "heat_temperature": f"{warm} degC", "heat_available": f"{available} GJ",
                   "heat_recovered": f"{recovered} GJ", "heat_place": place}  # fmt: skip
        if used_for:
            answers["heat_used_for"] = used_for
        lead.row(f"{e}/waste_heat", **answers)
    lead.say_all(e, {"pv_generated": "2150 MWh", "electricity_used": "20570 MWh"})
    lead.say(f"{e}/green_bought", "1500 MWh", seen("綠證 SAMPLE-GEC-1500", "示例交易中心（虛構）", "2026-07-15"))
    lead.say(f"{e}/renewable_reserve", "partial")


STAGES = (
    ("NMP bought 新購 NMP", "source"), ("NMP returned by refiner 精餾回用 NMP", "source"), ("Mixing 攪拌", "conversion"),
    ("Coating oven 塗布烘箱", "conversion"), ("Condenser 冷凝回收", "use"), ("Stack 排氣筒", "loss"),
    ("Waste slurry 廢漿料", "loss"),
)  # fmt: skip
NMP = ((0, 2, 96, "invoiced"), (1, 2, 1130, "metered"), (2, 3, 1214, "metered"), (2, 6, 12, "metered"),
       (3, 4, 1162, "metered"), (3, 5, 21, "calculated"))  # fmt: skip


def _materials(lead: Desk) -> None:
    e = "energy_material_flow"
    lead.at("2026-11-13 10:50")
    ids = [lead.row(f"{e}/material_nodes", stage_name=name, stage_kind=kind) for name, kind in STAGES]
    for start, end, tonnes, basis in NMP:
        lead.row(f"{e}/material_flows", material_from=ids[start], material_to=ids[end], material="NMP",
                 material_amount=f"{tonnes} t", material_basis=basis)  # fmt: skip
    lead.row(f"{e}/products", product_name="280 Ah 電芯", product_started="421300", product_good="401800")
    lead.say(f"{e}/water_fresh", "96000 m3", seen("水費單 2025-10 至 2026-09", "示例水務（虛構）"))
    lead.say_all(e, {"water_product": "83500 m3", "water_discharged": "9800 m3", "water_recycled": "1260000 m3"})
    lead.say(f"{e}/process_level", "level_2", seen("設備清單 E-14", "設備部", "2026-10-30"))
    lead.say(
        f"{e}/closed_level",
        "level_1",
        lead.photo("control-panel-rto-1.png", "Closed mixing and coating, exhaust to RTO-1"),
    )
    lead.say(f"{e}/solvent_name", "NMP")
    lead.say(f"{e}/solvent_bought", "1226 t", seen("領料單 NMP 2025/26", "倉儲部"))
    lead.say(f"{e}/solvent_recovered", "1162 t", recomputed("Sum of 12 tanker weighings 地磅單"))
    lead.say(f"{e}/toxic_substitution", "plan", seen("PFAS-free binder trial 2027", "研發部", "2026-09-01"),
             note="PVDF 粘結劑仍在使用，2027 年試用無氟方案。")  # fmt: skip


def _air(colleague: Desk) -> None:
    p = "pollution_control"
    colleague.at("2026-11-12 09:55")
    for path, answer in (("has_exhaust_air", "yes"), ("has_voc_process", "yes"), ("waste_water_kind", "own_plant"),
                         ("works_at_night", "yes")):  # fmt: skip
        colleague.say(f"{p}/{path}", answer)
    device = f"{p}/devices"
    rto = colleague.row(device, device_tag="RTO-1", device_type="oxidiser", design_air_flow="60000 m3/h",
                        actual_air_flow="51400 m3/h", device_running="running", interlock="interlocked", bypass="sealed",
                        device_last_maintenance="2026-08-20", oxidiser_design_temperature="760 degC",
                        oxidiser_temperature="768 degC", device_place=ROOF)  # fmt: skip
    colleague.prove(f"{device}[{rto}]/device_running", colleague.photo("control-panel-rto-1.png", "RTO-1 running, chamber 812 °C 控制屏"),
                    colleague.photo("nameplate-rto-1.png", "Name plate of RTO-1 銘牌"))  # fmt: skip
    carbon = colleague.row(device, device_tag="AC-2 活性炭", device_type="adsorber", design_air_flow="12000 m3/h",
                           actual_air_flow="12600 m3/h", device_running="running", interlock="alarm", bypass="none",
                           device_last_maintenance="2026-05-06", ads_air_flow_ok="partial", ads_equipment_ok="partial",
                           ads_velocity_limit="0.6 m/s", ads_velocity="0.63 m/s", ads_pretreatment_ok="yes",
                           ads_iodine_demanded="800 mg/g", ads_iodine_value="806 mg/g", ads_fill_design="2.4 t",
                           ads_fill="2.1 t", ads_last_change="2026-05-06", ads_change_interval="180 d",
                           device_place=ROOF)  # fmt: skip
    at = f"{device}[{carbon}]"
    colleague.prove(f"{at}/device_running", colleague.photo("stack-da002.png", "AC-2 與 DA002"))
    colleague.note(f"{at}/actual_air_flow", "Fan was changed in March; design not recalculated. 風機三月更換。")
    colleague.note(f"{at}/ads_air_flow_ok", "One more hood was connected after the design. 後加一個集氣罩。")
    colleague.note(f"{at}/ads_equipment_ok", "箱門密封條老化，有輕微漏風。")
    colleague.note(f"{at}/ads_velocity", "Follows from the bigger fan.")
    colleague.note(f"{at}/ads_fill", "供應商按 2.1 t 報價，較設計少 0.3 t。")
    colleague.prove(f"{at}/ads_iodine_value", seen("碘值檢測 SAMPLE-C-0506", "示例檢測（虛構）", "2026-05-02"))
    colleague.prove(f"{at}/ads_last_change", seen("更換記錄 AC-2", "EHS", "2026-05-06"))
    colleague.say(f"{at}/ads_change_in_time", "no")
    colleague.say(f"{at}/ads_spent_carbon", "yes", seen("聯單 SAMPLE-M-2605", "示例環保（虛構）", "2026-05-09"))
    dust = colleague.row(device, device_tag="BF-1 布袋", device_type="bag_filter", design_air_flow="8000 m3/h",
                         actual_air_flow="7100 m3/h", device_running="running", interlock="alarm", bypass="none",
                         device_last_maintenance="2026-10-11", filter_pressure="yes", device_place=MIXING)  # fmt: skip
    colleague.prove(f"{device}[{dust}]/device_running", measured("Pressure drop 980 Pa read at 11:20"))
    colleague.at("2026-11-12 11:30")
    report = seen("檢測報告 SAMPLE-T-2609", "示例檢測（虛構）", "2026-09-18")
    for number, served, pollutants, unit, capture, rate, basis, inlet, outlet, limit in (
        ("DA001", "塗布、NMP 回收 Coating", "nmhc", rto, "enclosure", "95 %", "measured", "412", "9.8", "50"),
        ("DA002", "電解液注液 Electrolyte filling", "nmhc", carbon, "partial_enclosure", "80 %", "design", "86", "21.4", "50"),
        ("DA003", "投料 Powder feeding", "particulate", dust, "hood", "90 %", "default", "118", "6.2", "30"),
    ):  # fmt: skip
        outlet_row = colleague.row(f"{p}/outlets", ("outlet_concentration", report), ("outlet_within_limit", report),
                                   outlet_no=number, on_permit="yes", outlet_permit_no="SAMPLE000000000001001V",
                                   process_served=served, outlet_pollutants=pollutants, outlet_device=unit,
                                   capture_method=capture, capture_rate=rate, capture_basis=basis,
                                   inlet_concentration=f"{inlet} mg/m3", outlet_concentration=f"{outlet} mg/m3",
                                   outlet_limit=f"{limit} mg/m3", outlet_report_date="2026-09-18",
                                   outlet_within_limit="yes", outlet_place=ROOF)  # fmt: skip
        if capture in ("hood", "partial_enclosure"):
            at = f"{p}/outlets[{outlet_row}]"
            colleague.say_all(p, {f"outlets[{outlet_row}]/face_speed_design": "0.5 m/s"})
            speed = "0.38 m/s" if number == "DA003" else "0.55 m/s"
            colleague.say(f"{at}/face_speed", speed, measured("Own anemometer, three points 三點平均"))
            if number == "DA003":
                colleague.note(f"{at}/face_speed", "Hood stands 20 cm too high over the feeding point. 罩口過高。")
    colleague.say(
        f"{p}/outlets_permitted", "3", seen("SAMPLE000000000001001V", "示例市生態環境局（虛構）", "2023-05-30")
    )
    colleague.say(f"{p}/air_ledger", "gaps", note="AC-2 ledger stops on 30 September. 十月無記錄。")
    colleague.say(f"{p}/air_monitor", "not_demanded")
    colleague.say(f"{p}/fugitive_control", "walks")
    colleague.say(
        f"{p}/solvents_closed",
        "partial",
        note="Two wiping-cloth bins without lids in the coating room. 兩個抹布桶沒有蓋。",
    )
    colleague.to_come(
        f"{p}/voc_input", awaited_text(Awaited("2025/26 VOC 物料平衡表 VOC balance", "EHS 部門", "2026-11-20"))
    )


def _water_and_noise(colleague: Desk) -> None:
    p = "pollution_control"
    colleague.at("2026-11-12 14:10")
    colleague.say(f"{p}/drainage_plan", "yes", seen("雨污管網圖 D-03", "EHS", "2024-02-01"))
    colleague.say(f"{p}/streams_split", "yes")
    colleague.say(f"{p}/treatment_steps", "equalising ph coagulation biological membrane")
    colleague.say(f"{p}/water_design_capacity", "60 m3/d", seen("設計方案 W-01", "設計院（虛構）", "2019-08-10"))
    colleague.say(f"{p}/water_actual_flow", "52 m3/d")
    colleague.say(f"{p}/water_ledger", "complete", seen("污水站台帳 2026", "污水站"))
    colleague.say(f"{p}/sludge_route", "identified", seen("污泥鑑別報告 SAMPLE-S-24", "示例檢測（虛構）", "2024-06-11"))
    water = seen("水質報告 SAMPLE-T-2610", "示例檢測（虛構）", "2026-10-14")
    colleague.row(f"{p}/water_outlets", ("water_report_date", water), ("water_within_limit", water),
                        water_outlet_no="DW001", water_destination="town_sewer", water_on_permit="yes",
                        water_parameters="cod nh3n ss", water_report_date="2026-10-14", water_ph="7.4",
                        cod_result="46 mg/L", cod_limit="150 mg/L", nh3n_result="3.1 mg/L", nh3n_limit="30 mg/L",
                        ss_result="18 mg/L", ss_limit="140 mg/L", water_within_limit="yes",
                        water_outlet_place=WATER)  # fmt: skip
    colleague.say(f"{p}/water_monitor", "verified", seen("比對監測 SAMPLE-T-2608", "示例檢測（虛構）", "2026-08-22"))
    colleague.say(f"{p}/waste_water_discharged", "9800 m3", recomputed("Outlet meter DW001, 12 month readings"))
    colleague.say(f"{p}/waste_water_reused", "6400 m3")
    colleague.say(f"{p}/makes_large_cells", "yes")
    colleague.say(f"{p}/cells_output", "11250 万Ah", recomputed("Same warehouse ledger as the gate"))
    colleague.say(
        f"{p}/storm_water_split",
        "yes",
        colleague.photo("stack-da002.png", "Yard towards DA002, storm drain painted blue"),
    )
    colleague.say(f"{p}/spill_kits", "partial", note="事故池有約 15% 積水。 Emergency tank holds rain water.")
    colleague.say(f"{p}/noise_control", "partly", note="Roof fan F-7 without silencer. 天台風機未裝消聲器。")
    for place, day, night in (("North 北廠界", "57", "48"), ("East 東廠界（近民居）", "58", "49.6")):
        colleague.row(f"{p}/noise_points", ("noise_report_date", seen("噪聲報告 SAMPLE-N-2609", "示例檢測（虛構）", "2026-09-19")),
                              noise_point=place, noise_report_date="2026-09-19", noise_day=f"{day} dB(A)",
                              noise_day_limit="60 dB(A)", noise_night=f"{night} dB(A)", noise_night_limit="50 dB(A)",
                              noise_within_limit="yes")  # fmt: skip
    colleague.say(f"{p}/self_monitoring", "yes", seen("自行監測計劃及報告 2026", "EHS"))
    colleague.say_all(p, {"complaints": "1"})
    colleague.say(f"{p}/complaint_log", "closed", seen("投訴登記 2026-02", "EHS", "2026-02-27"))


def _waste(colleague: Desk) -> None:
    r = "recycling_waste"
    colleague.at("2026-11-13 09:20")
    colleague.say(f"{r}/hazardous_generated", "yes")
    colleague.say(
        f"{r}/hw_responsibility",
        "two",
        interview("倉管員 Store keeper", "Names his duties and his deputy without looking"),
    )
    colleague.say(f"{r}/hw_notice", "two", colleague.photo("drum-store-day-2.png", "Notice beside the door 門旁公示"))
    form, path = CONFLICT
    colleague.say(f"{form}/{path}", "two", colleague.photo("drum-store-day-2.png", "危廢倉東側：五個桶標籤齊全 All five labels with date"),
                  note="所有容器標籤齊全，逐一核對編號及日期。 Every label read, 13 November, 09:40.")  # fmt: skip
    for name, answer, proof, note in (
        ("hw_plan", "two", seen("管理計劃 2026 備案", "示例市生態環境局（虛構）", "2026-03-12"), ""),
        ("hw_declaration", "two", seen("申報登記 2025", "省固廢平台（虛構）", "2026-02-28"), ""),
        ("hw_separation", "two", colleague.photo("drum-store-day-2.png", "Bays by class 分區"), ""),
        (
            "hw_manifests",
            "one",
            seen("轉移聯單 2025-10 至 2026-09（14 份）", "省固廢平台（虛構）"),
            "廢活性炭一份聯單重量與地磅單不符。",
        ),
        (
            "hw_takers",
            "one",
            seen("經營許可證四份", "", kept="EHS office"),
            "One permit ran out on 30 September; no hand-over since.",
        ),
        ("hw_emergency", "two", seen("應急預案及演練 2026-06", "EHS", "2026-06-26"), ""),
        ("hw_store", "two", colleague.photo("drum-store-day-2.png", "Bund and floor 圍堰及防滲地面"), ""),
        ("hw_ledger", "two", seen("出入庫台帳 2026", "危廢倉"), ""),
    ):
        colleague.say(f"{r}/{name}", answer, proof, note=note)
    streams = (
        ("廢電解液及沾染物 Waste electrolyte", "900-404-06", 31.2, 2.1, 3.0, 30.3, 30.3, "treatment", "示例環保（虛構）", "2027-04-30"),
        ("廢活性炭 Spent carbon", "900-039-49", 18.9, 0.4, 0.7, 18.6, 17.9, "incineration", "示例環保（虛構）", "2027-04-30"),
        ("廢礦物油 Waste oil", "900-249-08", 4.2, 0.6, 0.8, 4.0, 4.0, "recycling", "虛構油料（虛構）", "2026-09-30"),
        ("沾染容器 Contaminated containers", "900-041-49", 6.5, 0.2, 0.5, 6.2, 6.2, "treatment", "示例環保（虛構）", "2027-04-30"),
    )  # fmt: skip
    for name, code, generated, begin, left, transferred, manifested, route, taker, until in streams:
        row = colleague.row(f"{r}/waste_streams", ("taker_permit", seen("SAMPLE-HW-" + code[-2:], "省生態環境廳（虛構）")),
                            waste_name=name, waste_class="hazardous", waste_code=code, waste_generated=f"{generated} t",
                            stored_begin=f"{begin} t", stored_end=f"{left} t", used_on_site="0 t", transferred=f"{transferred} t",
                            manifested=f"{manifested} t", waste_route=route, taker=taker,
                            taker_permit="SAMPLE-HW-" + code[-2:], permit_until=until, contract_until="2026-12-31",
                            stored_over_year="no", waste_place=HAZARDOUS)  # fmt: skip
        if until < "2026-11-12":
            colleague.note(
                f"{r}/waste_streams[{row}]/permit_until",
                "許可證九月底到期，續證中；十月起未交付。 None handed over since.",
            )
    for name, kind, arose, route, taker in (
        ("正負極片邊料 Electrode scrap", "general", 412, "recycling", "虛構再生資源（虛構）"),
        ("鋁箔、銅箔 Foil scrap", "general", 88, "recycling", "虛構再生資源（虛構）"),
        ("生活垃圾 Domestic", "domestic", 146, "incineration", "示例環衛（虛構）"),
    ):
        colleague.row(f"{r}/waste_streams", waste_name=name, waste_class=kind, waste_generated=f"{arose} t",
                      stored_begin="0 t", stored_end="0 t", used_on_site="0 t", transferred=f"{arose} t", waste_route=route, taker=taker,
                      contract_until="2027-03-31", waste_place=GENERAL)  # fmt: skip
    colleague.say(f"{r}/manifest_gap_explained", "weighing", recomputed("0.7 t: 聯單按桶數估重，地磅單 18.6 t"),
                  note="供應商秤未校準。 Both scales to be calibrated, agreed for January.")  # fmt: skip
    colleague.say(f"{r}/handed_after_expiry", "no", seen("出庫記錄 2026-10, 2026-11", "危廢倉"))
    colleague.say(f"{r}/general_ledger", "yes", seen("一般固廢台帳 2026", "倉儲部"))
    for material, where, who, arising, returned in (
        ("electrode", "recycler", "虛構再生資源（虛構）", "412", "389"), ("solvent", "supplier", "示例精餾（虛構）", "1162", "1130"),
        ("cells", "recycler", "虛構再生資源（虛構）", "96", "84"), ("packaging", "own", "", "210", "168"),
    ):  # fmt: skip
        answers = {
            "loop_material": material,
            "loop_end": where,
            "loop_arising": f"{arising} t",
            "loop_returned": f"{returned} t",
        }
        if who:
            answers |= {"loop_who": who, "loop_contract_until": "2027-06-30"}
        colleague.row(f"{r}/loops", **answers)
    colleague.say(f"{r}/loop_level", "level_2", seen("回收合同及月結單", "採購部", "2026-10-05"))
    colleague.say(f"{r}/epr_products", "power_battery")
    colleague.say(f"{r}/epr_level", "level_2", seen("EPR 年度報告 2025", "示例電池（虛構）", "2026-04-30"))
    colleague.say(f"{r}/battery_coding", "yes", seen("編碼抽查 5 件", "國家平台（示例）", "2026-11-13"))
    colleague.say(f"{r}/recycles_batteries", "no")
    colleague.not_applicable(
        f"{r}/cascade_use",
        "Contract leaves cascade use to the pack customers; none is sold from here. 梯次利用由整包客戶負責。",
    )
    colleague.say(f"{r}/process_wastewater", "yes")
    colleague.say(
        f"{r}/wastewater_out",
        "10600 m3",
        note="Other figure than the outlet meter (9,800 m³): includes cooling blow-down.",
    )
    colleague.say(f"{r}/wastewater_reused", "6400 m3", seen("回用水表 R-02 讀數", "污水站"))
    colleague.say(f"{r}/packaging_measures", "returnable lighter bulk", seen("包裝規範 PK-07", "物流部", "2025-09-01"))
    colleague.say_all(r, {"packaging_used": "210 t", "packaging_returned": "168 t"})


def _supply_chain(colleague: Desk) -> None:
    s = "supply_chain"
    colleague.at("2026-11-13 13:40")
    colleague.say(f"{s}/applicant_kind", "manufacturer")
    colleague.say(
        f"{s}/basic_conditions",
        "legal_person systems no_accident many_suppliers",
        seen("Application file 申請文件", "", "2026-10-01"),
    )
    for name, answer, proof, note in (
        ("plan_level", "most", "", ""), ("targets_level", "part", "", "目標只有定性描述。 No figures."),
        ("organisation_level", "full", "組織架構圖 2026", ""), ("purchase_standard", "full", "綠色採購規範 GP-01", ""),
        ("approval_level", "full", "供應商准入程序 SP-02", ""), ("audit_level", "part", "", "2026 年計劃 18 家，完成 11 家。"),
        ("rating_level", "full", "供應商評分 2026H1", ""), ("training_level", "part", "", "One online session in March."),
    ):  # fmt: skip
        colleague.say(f"{s}/{name}", answer, *([seen(proof, "採購部")] if proof else []), note=note)
    colleague.say(f"{s}/suppliers_total", "164", seen("合格供應商名錄 2026-10", "採購部"))
    colleague.say(f"{s}/suppliers_low_risk", "121")
    for name, goods, risk, audited, day, result in (
        ("虛構正極材料（虛構）", "LFP 正極粉", "high", "yes", "2026-04-22", "passed"),
        ("Invented Electrolyte Co. (invented)", "Electrolyte 電解液", "high", "yes", "2026-05-14", "conditional"),
        ("示例銅箔（虛構）", "銅箔 Copper foil", "medium", "yes", "2025-12-09", "passed"),
        ("Sample Separator Ltd (invented)", "Separator 隔膜", "medium", "no", "", ""),
        ("虛構五金電鍍（虛構）", "Plated tabs 電鍍極耳", "high", "no", "", ""),
    ):
        answers = {"supplier_name": name, "supplier_goods": goods, "risk_level": risk, "supplier_audited": audited}
        if audited == "yes":
            answers |= {"supplier_audit_date": day, "supplier_audit_result": result}
        row = colleague.row(f"{s}/suppliers", **answers)
        if audited == "yes":
            colleague.prove(f"{s}/suppliers[{row}]/supplier_audited", seen(f"Audit report {day}", "採購部", day))
        if result == "conditional":
            colleague.say(f"{s}/suppliers[{row}]/supplier_corrections", "partial", note="兩項整改中一項已驗證。")
    colleague.say(f"{s}/saving_compliance", "most")
    colleague.say(f"{s}/restricted_level", "full", seen("禁限用物質清單 RS-04", "品質部", "2026-06-01"))
    colleague.say(f"{s}/recovers_products", "yes")
    colleague.to_come(
        f"{s}/products_sold", awaited_text(Awaited("2025/26 銷售重量 Weight sold", "銷售部", "2026-11-30"))
    )
    colleague.say(f"{s}/packaging_used", "210 t", recomputed("Same list as section 4"))
    colleague.say(f"{s}/packaging_recovered", "163 t", note="5 t less than section 4: broken trays were counted there.")
    colleague.say(f"{s}/recovery_system", "most")
    colleague.say(f"{s}/platform_level", "part", note="Excel 共享盤，無供應商端入口。")
    for name, answer, note in (
        ("disclosed_energy", "full", ""), ("disclosed_audit_rate", "none", ""),
        ("disclosed_report", "part", "Report of 2025 has one paragraph on purchasing."),
    ):  # fmt: skip
        proofs = [seen("ESG report 2025 示例電池（虛構）", "company site", "2026-05-30")] if answer == "full" else []
        colleague.say(f"{s}/{name}", answer, *proofs, note=note)


def _findings(lead: Desk) -> None:
    f = "findings"
    lead.at("2026-11-13 15:30")
    found = (
        ("major", "pollution_control/devices", "AC-2: activated carbon 190 days in use, interval of the design 180 days; "
         "10 月台帳空白。", f"{ROOF}: AC-2, DA002", "1 of 1 adsorber", "Change record of 2026-05-06; ledger ends 30 September.",
         "EIA approval 示環審〔2023〕6號, condition 3 (invented)", "Change the carbon. 更換活性炭。", "2026-11-30"),
        ("minor", "gate/permits", "排水許可證已於 2026-10-31 到期，續期受理中。", OFFICE, "1 of 6 permits",
         "Original seen, receipt of renewal dated 2026-09-28.", "城鎮污水排入排水管網許可管理辦法", "Send the new permit. 取得新證。", "2027-01-31"),
        ("minor", "energy_material_flow/energy_diagram", "Energy network diagram of June 2024 shows neither the PV nor line 3.",
         OFFICE, "1 diagram", "Diagram 2024-06 compared with the floor.", "", "Redraw. 重繪。", "2027-02-28"),
    )  # fmt: skip
    said = (
        ("AC-2: activated carbon in use for 190 days; the interval of the design is 180 days; no entry in the ledger for October.",
         "AC-2 活性碳已使用190日，設計更換週期為180日；10月台帳沒有記錄。", "AC-2 活性炭已使用190天，设计更换周期为180天；10月台账无记录。"),
        ("The drainage permit ran out on 31 October 2026; the renewal is filed.",
         "排水許可證已於2026年10月31日到期，續期申請已獲受理。", "排水许可证已于2026年10月31日到期，续期申请已受理。"),
        ("The energy network diagram of June 2024 shows neither the PV nor line 3.",
         "2024年6月的能源網絡圖未載光伏及三期。", "2024年6月的能源网络图未包括光伏和三期。"),
        ("The compressors run at 7.8 bar while no user needs more than 6.5 bar.",
         "空壓站壓力7.8 bar，用氣設備最高只需6.5 bar。", "空压站压力7.8 bar，用气设备最高只需6.5 bar。"),
        ("Heat of the NMP condenser preheats the fresh air of coating: about 3,100 GJ a year.",
         "NMP冷凝器餘熱預熱塗布新風，每年回收約3,100 GJ。", "NMP冷凝器余热预热涂布新风，每年回收约3,100 GJ。"),
    )  # fmt: skip
    spoken = [dict(zip(("text_en", "text_hant", "text_hans"), texts, strict=True)) for texts in said]
    first = ""
    for (grade, question, text, where, how_much, proof, clause, correction, due), texts in zip(
        found, spoken, strict=False
    ):
        answers = {"grade": grade, "question": question, "text": text, "where": where, "how_much": how_much,
                   "objective_evidence": proof, "correction": correction, "owner": MANAGER, "due": due,
                   "response": "agrees", "status": "open", **texts}  # fmt: skip
        if clause:
            answers["clause"] = clause
        row = lead.row(f"{f}/findings", **answers)
        first = first or row
        shown = (
            lead.photo("stack-da002.png", "DA002 and AC-2")
            if grade == "major"
            else seen("See objective evidence", "", "2026-11-13")
        )
        lead.prove(f"{f}/findings[{row}]/objective_evidence", shown)
    lead.row(f"{f}/findings", grade="observation", text="Compressors run at 7.8 bar while no user needs more than 6.5 bar. 空壓站壓力偏高。",
             where=UTILITIES, response="agrees", status="open", **spoken[3])  # fmt: skip
    lead.row(f"{f}/findings", grade="good_practice", question="energy_material_flow/waste_heat",
                    text="NMP 冷凝器餘熱預熱塗布新風，每年回收約 3,100 GJ。", highlight="Condenser heat preheats oven air: 3,100 GJ a year",
                    status="open", **spoken[4])  # fmt: skip
    lead.row(f"{f}/actions", action="Change the carbon of AC-2 and complete the ledger 更換活性炭並補記台帳", action_finding=first,
             action_owner=MANAGER, action_due="2026-11-30", action_state="agreed")  # fmt: skip
    project = lead.row(f"{f}/projects", project_title="NMP condenser heat recovery 冷凝餘熱回收", project_kind="technical",
                       cost_class="medium_high", problem="Fresh air of the ovens heated with steam only.",
                       measure_taken="Heat exchanger between condenser and fresh air duct.", project_state="verified",
                       started_on="2022-02-01", finished_on="2022-09-15", investment="186 万CNY", subsidy="45 万CNY",
                       saves="energy", saved_energy="98 tce", gross_saving="61 万CNY", running_cost="4 万CNY",
                       project_proof="metered")  # fmt: skip
    for name in ("project_state", "investment", "project_proof"):
        lead.prove(f"{f}/projects[{project}]/{name}", seen("驗收單 CP-02-04", "設備部", "2022-10-08"))
    lead.say(
        "visit_header/closing_words",
        "多謝評核，活性炭月底前更換。 The manager asked for the drawings standard by e-mail.",
    )
    lead.note("/", "Ask for the roof plan: room for more PV east of DA003? 屋頂東側可加光伏？")
    lead.note("gate/figures_traced", "Output of March also checked against the sales invoices. 三月銷售發票抽查一致。")
