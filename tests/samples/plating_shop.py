"""A plating shop that does not exist. The visit stopped at noon when the power went, and went on the next morning.

One person, one log: what was answered before is there when the program is opened again. The sentence that was being
typed when the screen went dark is a draft of that laptop and is not carried.
"""
# ruff: noqa: E501 - a table reads better with one line per row, and Chinese counts double

from pathlib import Path

from assessor_tui.ledger.value import Quantity, Value
from assessor_tui.materials import load_materials

from .desk import Desk, interview, measured, recomputed, seen

ASSESSOR = "Ng Moni 吳模擬 (invented)"
OWNER = "Fong Xuni 方虛擬 (invented)"
BUNDLES = ("assessor.zip",)
DRAFT = "The second rinse of line 3 runs although no barrel"
"""What was being typed when the power went."""

HEADER: dict[str, Value] = {
    "site_name_zh": "模擬五金電鍍廠（虛構）",
    "site_name_en": "Mock Plating Works (invented)",
    "registered_number": "SAMPLE000000000002",
    "site_address_zh": "廣東省中山市模擬鎮虛構工業區 8 號",
    "sector": ("metal",),
    "main_products": "五金件鍍鎳、鍍鋅 Barrel nickel and zinc plating",
    "employees": Quantity("86"),
    "applicant_name_en": "Mock Metal Trading Ltd (invented)",
    "applicant_name_zh": "模擬金屬貿易有限公司（虛構）",
    "business_registration": "00000002-000",
    "business_registration_expires": "2026-12-31",
    "contact_person": f"{OWNER}, factory manager 廠長",
    "category": ("partner_manufacturing",),
    "application_number": "SAMPLE-2026-002",
    "holds_label": ("no",),
    "batch": "SAMPLE-2026",
    "visit_date": "2026-10-20",
    "visit_last_date": "2026-10-21",
    "visit_length": ("half_day",),
    "deadline": "2026-11-20",
    "site_language": ("zh-Hans-CN",),
    "period_from": "2025-09-01",
    "period_to": "2026-08-31",
    "statistics_year": Quantity("2026"),
}


OFFICE, HALL_1, HALL_2, BOILER, WATER, WASTE = "办公室", "1号车间", "2号车间", "锅炉房", "污水站", "危废间"
"""The site's own places."""
PLACES = (
    (OFFICE, "office"),
    (HALL_1, "production"),
    (HALL_2, "production"),
    (BOILER, "utilities"),
    (WATER, "treatment"),
    (WASTE, "stores"),
)


def make(folder: Path, forms: Path, pictures: Path, bundles: Path) -> None:
    """The bundle of the visit, in ``bundles``; ``folder`` holds the data folder meanwhile."""
    desk = Desk(folder / "laptop", ASSESSOR, "lead", pictures)
    desk.at("2026-10-19 16:30")
    (materials,) = load_materials(desk.store, forms)
    desk.begin(materials, HEADER)
    _first_morning(desk)
    desk.store.set_local(desk.visit.id, "draft pollution_control/water_ledger note", DRAFT)
    desk.reopen()
    _second_morning(desk)
    desk.deliver(bundles, BUNDLES[0])


def _first_morning(desk: Desk) -> None:
    desk.at("2026-10-20 09:05")
    h, g, p = "visit_header", "gate", "pollution_control"
    for place, kind in PLACES:
        desk.row(f"{h}/site_places", place_name=place, place_kind=kind)
    desk.row(f"{h}/team", member_name=ASSESSOR, member_role="lead", member_organisation="Sample Assessment Body (invented)",
             covers_sections="gate energy_material_flow pollution_control recycling_waste supply_chain",
             covers_places="gate office stores production utilities treatment", conflict_of_interest="none")  # fmt: skip
    desk.say(f"{h}/confidentiality", "yes")
    desk.say(f"{h}/opening_told", "purpose confidentiality photos safety")
    sheet = seen("簽到表 Attendance sheet", date="2026-10-20")
    desk.row(f"{h}/attendance", ("attended", sheet), attendee_name=OWNER, attendee_side="site", attendee_post="廠長", attended="opening")  # fmt: skip
    desk.say(f"{g}/applicant_kind", "manufacturer")
    desk.say(
        f"{g}/hk_connection", "common_holder", seen("股東名冊 SAMPLE-SH-2", "模擬五金電鍍廠（虛構）", "2026-07-01")
    )
    desk.say(f"{g}/holding_mainland", "60 %", seen("股東名冊 SAMPLE-SH-2", "", "2026-07-01"))
    desk.say(f"{g}/holding_hk", "28 %", seen("Annual return (invented)", "", "2026-05-12"),
             note="Below 30 %: shares are being transferred, form dated 2026-10-02 shown. 股份轉讓中。")  # fmt: skip
    desk.say(f"{g}/papers_agree", "agree")
    desk.say(f"{g}/approvals_complete", "partial", seen("批文夾 Approvals folder", "", "2026-10-20"),
             note="2021 年加建的掛鍍線未辦驗收。 Line 3 was never accepted.")  # fmt: skip
    desk.say(f"{g}/approvals_missing", "acceptance")
    for kind, number, issued, expires, how in (
        ("eia", "模環審〔2012〕55號", "2012-08-17", "", "copy"),
        ("discharge", "SAMPLE000000000002001P", "2022-12-20", "2027-12-19", "original"),
    ):
        row = desk.row(f"{g}/permits", permit_kind=kind, document_no=number, authority="模擬市生態環境局（虛構）",
                       issued_on=issued, original_state=how)  # fmt: skip
        if expires:
            desk.say(f"{g}/permits[{row}]/expires_on", expires)
    permit = seen("SAMPLE000000000002001P", "模擬市生態環境局（虛構）", "2022-12-20")
    desk.say(f"{g}/discharge_permit", "permit", permit)
    desk.say(f"{g}/discharge_permit_expires", "2027-12-19", permit)
    desk.say(f"{g}/outlets_covered", "all")
    desk.say(f"{g}/incidents", "penalty_closed", seen("行政處罰決定書 SAMPLE-P-2024-3", "模擬市生態環境局（虛構）", "2024-05-06"),
             note="罰款已繳，整改驗收正本已看。")  # fmt: skip
    row = desk.row(f"{g}/penalties", decision_no="SAMPLE-P-2024-3", penalty_authority="模擬市生態環境局（虛構）", decided_on="2024-05-06",
                   penalty_fact="含鎳廢水未單獨收集 Nickel rinse mixed with other streams", fine="8 万CNY", correction_state="verified")  # fmt: skip
    desk.prove(f"{g}/penalties[{row}]/correction_state", seen("整改驗收意見", "模擬市生態環境局（虛構）", "2024-09-02"))
    desk.at("2026-10-20 10:40")
    desk.say(f"{p}/has_exhaust_air", "yes")
    desk.say(f"{p}/has_voc_process", "no")
    desk.say(f"{p}/waste_water_kind", "own_plant")
    desk.say(f"{p}/works_at_night", "no")
    scrubber = desk.row(f"{p}/devices", device_tag="WS-1 酸霧塔", device_type="wet_scrubber", design_air_flow="20000 m3/h",
                        actual_air_flow="17200 m3/h", device_running="running", interlock="none", bypass="none",
                        device_last_maintenance="2026-09-03", scrubber_liquid="partial",
                        device_place=HALL_1)  # fmt: skip
    at = f"{p}/devices[{scrubber}]"
    desk.prove(f"{at}/device_running", desk.photo("scrubber-ws-1.png", "WS-1, pH 9.4 on the display"))
    desk.note(f"{at}/scrubber_liquid", "液位低於視窗下限。 Level below the glass; dosing works.")
    report = seen("檢測報告 SAMPLE-T-2607", "示例檢測（虛構）", "2026-07-08")
    desk.row(f"{p}/outlets", ("outlet_concentration", report), ("outlet_within_limit", report), outlet_no="DA001", on_permit="yes",
             outlet_permit_no="SAMPLE000000000002001P", process_served="鍍鎳、鍍鋅線 Plating lines 1-3", outlet_pollutants="acid_mist",
             outlet_device=scrubber, capture_method="partial_enclosure", capture_rate="75 %", capture_basis="default",
             inlet_concentration="14 mg/m3", outlet_concentration="3.2 mg/m3", outlet_limit="30 mg/m3",
             outlet_report_date="2026-07-08", outlet_within_limit="yes", outlet_place=HALL_1)  # fmt: skip
    desk.say(f"{p}/outlets_permitted", "1", seen("SAMPLE000000000002001P"))
    desk.say(f"{p}/air_ledger", "complete", seen("酸霧塔台帳 2026", "EHS"))
    desk.say(f"{p}/drainage_plan", "partial", note="3 號線的管未畫。 Pipes of line 3 are not on the plan.")
    desk.say(f"{p}/streams_split", "yes")
    desk.say(f"{p}/treatment_steps", "equalising ph metal coagulation")


def _second_morning(desk: Desk) -> None:
    desk.at("2026-10-21 08:50")
    g, e, p, r, s, f = (
        "gate",
        "energy_material_flow",
        "pollution_control",
        "recycling_waste",
        "supply_chain",
        "findings",
    )
    desk.note(
        f"{p}/water_ledger",
        "Power cut on 20 October at 11:52, visit went on here the next morning. 停電中斷，次日續評。",
    )
    desk.say(f"{p}/water_ledger", "gaps", note="加藥記錄缺 7 月兩週。 Dosing not written for two weeks of July.")
    desk.say(f"{p}/water_design_capacity", "120 m3/d", seen("設計方案 2012"))
    desk.say(f"{p}/water_actual_flow", "96 m3/d")
    desk.say(f"{p}/sludge_route", "identified", seen("危廢合同 HW17", "示例環保（虛構）", "2026-01-01"))
    water = seen("水質報告 SAMPLE-T-2608", "示例檢測（虛構）", "2026-08-13")
    desk.row(f"{p}/water_outlets", ("water_report_date", water), ("water_within_limit", water), water_outlet_no="DW001",
             water_destination="town_sewer", water_on_permit="yes", water_parameters="cod nh3n metal",
             water_report_date="2026-08-13", water_ph="7.9", cod_result="58 mg/L", cod_limit="80 mg/L", nh3n_result="6.4 mg/L",
             nh3n_limit="15 mg/L", metal_name="總鎳 Nickel", metal_result="0.38 mg/L", metal_limit="0.5 mg/L",
             water_within_limit="yes", water_outlet_place=WATER)  # fmt: skip
    desk.say(f"{p}/water_monitor", "verified", seen("驗收備案 SAMPLE-OM-1"))
    desk.say(f"{p}/waste_water_discharged", "23800 m3", recomputed("Outlet meter, 12 readings"))
    desk.say(f"{p}/waste_water_reused", "7100 m3")
    desk.say(f"{p}/makes_large_cells", "no")
    desk.say(f"{p}/storm_water_split", "yes", desk.photo("plating-line-2.png", "Line 2 stands on a bunded floor 圍堰"))
    desk.say(f"{p}/spill_kits", "yes", measured("Emergency tank empty, 60 m³ by tape"))
    desk.say(f"{p}/noise_control", "none")
    desk.say(f"{p}/self_monitoring", "partial", note="第二季含鎳廢水漏測一次。")
    desk.at("2026-10-21 10:15")
    desk.say_all(e, {"period_from": "2025-09-01", "period_to": "2026-08-31", "energy_diagram": "none"})
    desk.say(f"{e}/process_chart", "matches", seen("工藝流程圖 2023"))
    desk.say(f"{e}/energy_layout_level", "level_3")
    desk.say(f"{e}/logistics_level", "level_3")
    names = (("電 Electricity", "source"), ("整流 Rectifiers", "use"), ("鍋爐 Boiler", "conversion"), ("天然氣 Gas", "source"),
             ("槽液加熱 Tank heating", "use"), ("散熱 Losses", "loss"))  # fmt: skip
    ids = [desk.row(f"{e}/energy_nodes", node_name=name, node_kind=kind) for name, kind in names]
    for start, end, carrier, amount in ((0, 1, "electricity", 1480), (0, 4, "electricity", 210), (3, 2, "natural_gas", 620),
                                        (2, 4, "hot_water", 515), (2, 5, "heat", 84)):  # fmt: skip
        desk.row(
            f"{e}/energy_flows",
            **{"from": ids[start]},
            to=ids[end],
            carrier=carrier,
            amount=f"{amount} MWh",
            flow_basis="invoiced",
        )
    desk.row(f"{e}/meters", meter_carrier="electricity", meter_class="site", meters_needed="1", meters_fitted="1",
             meters_calibrated="1", calibration_until="2027-02-01")  # fmt: skip
    desk.say(f"{e}/monitoring_level", "none")
    desk.say(f"{e}/utilities_present", "boiler compressed_air")
    desk.row(f"{e}/boilers", boiler_name="B-1", boiler_fuel="natural_gas", boiler_power="700 kW", boiler_place=BOILER)
    desk.say(f"{e}/water_fresh", "33900 m3", seen("水費單"))
    desk.say_all(e, {"water_product": "8600 m3", "water_discharged": "23800 m3", "water_recycled": "7100 m3"})
    desk.say(f"{e}/process_level", "level_3")
    desk.say(f"{e}/toxic_substitution", "replaced", seen("無氰鍍鋅改造記錄 2022"))
    desk.at("2026-10-21 11:20")
    desk.say(f"{r}/hazardous_generated", "yes")
    for name, answer, proof in (
        ("hw_responsibility", "one", interview("廠長", "Names the keeper, no deputy")), ("hw_labels", "two", seen("Walk 21 October")),
        ("hw_manifests", "two", seen("聯單 6 份")), ("hw_store", "one", seen("Walk 21 October")),
    ):  # fmt: skip
        note = "沒有書面任命。" if name == "hw_responsibility" else "Floor coating worn at the door. 門口防滲層磨損。"
        desk.say(f"{r}/{name}", answer, proof, note=note if answer == "one" else "")
    desk.row(f"{r}/waste_streams", ("taker_permit", seen("SAMPLE-HW-17")), waste_name="電鍍污泥 Plating sludge", waste_class="hazardous",
             waste_code="336-054-17", waste_generated="42 t", stored_begin="3.1 t", stored_end="4.4 t", used_on_site="0 t",
             transferred="40.7 t", manifested="40.7 t", waste_route="treatment", taker="示例環保（虛構）", taker_permit="SAMPLE-HW-17",
             permit_until="2027-04-30", contract_until="2026-12-31", stored_over_year="no", waste_place=WASTE)  # fmt: skip
    desk.say(f"{r}/epr_products", "none")
    desk.say(f"{r}/process_wastewater", "yes")
    desk.say_all(r, {"wastewater_out": "23800 m3", "wastewater_reused": "7100 m3"})
    desk.say(f"{s}/applicant_kind", "manufacturer")
    desk.say(f"{s}/purchase_standard", "none")
    desk.to_come(f"{s}/suppliers_total", "Supplier list by e-mail 供應商名單電郵, 2026-10-28")
    desk.not_applicable(f"{s}/rating_level", "Eleven suppliers, all of the same trading house. 全部經同一貿易行採購。")
    desk.row(f"{g}/products", product="鍍鎳件 Nickel plated parts", measure="area", output_area="486000 m2")
    row = desk.row(f"{f}/findings", grade="major", question="gate/approvals_complete", text="Line 3 (2021) has no acceptance. 3號線未驗收。",
                   where=f"{HALL_2}: line 3 3號線", objective_evidence="Approvals folder seen; name plate of line 3 says 2021.",
                   clause="Three simultaneities 三同時", correction="Apply for acceptance 補辦驗收", owner=OWNER, due="2027-03-31",
                   response="partly", status="open", text_hans="3号线（2021年）未办理验收。", text_en="Line 3 (2021) was never accepted.",
                   text_hant="3號線（2021年）未辦理驗收。")  # fmt: skip
    desk.say(f"{f}/findings[{row}]/response_words", "只是加長了 2 號線，不算新線。")
    desk.prove(f"{f}/findings[{row}]/objective_evidence", desk.photo("plating-line-2.png", "Lines 2 and 3"))
