"""What XLSForm calls the types of its rows, and what each of them is here."""

import re
from collections.abc import Mapping

from assessor_tui.form.model import Question
from assessor_tui.logic.spelling import is_expression, quoted

BEGIN = re.compile(r"begin[ _](?P<kind>group|lgroup|repeat|looped group|loop)(?: (?:over )?(?P<list>\S+))?\Z")
END = re.compile(r"end[ _](?:group|lgroup|repeat|loop|looped group)\Z")
SELECT = re.compile(
    r"(?P<kind>add select one prompt using|add select multiple prompt using|select all that apply from|"
    r"select one from file|select multiple from file|select one from|select1|select_one_from_file|"
    r"select_multiple_from_file|select_one_external|select_one|select one|select_multiple|select all that apply|rank)"
    r" (?P<list>\S+)(?P<other> (?:or specify other|or_other|or other))?\Z"
)
_OSM = re.compile(r"osm (\S+)")

_ALIASES: Mapping[str, str] = {
    **dict.fromkeys(
        ("image", "photo", "audio", "video", "file", "q image", "q picture", "q audio", "q video", "osm",
         "add image prompt", "add photo prompt", "add audio prompt", "add video prompt", "add file prompt"), "file"),
    **dict.fromkeys(("text", "string", "q string", "add text prompt", "barcode", "q barcode", "add barcode prompt",
                     "phone number"), "text"),
    **dict.fromkeys(("integer", "int", "q int", "add integer prompt", "percentage", "number of days in last month",
                     "number of days in last six months", "number of days in last year"), "integer"),
    **dict.fromkeys(("decimal", "q decimal", "add decimal prompt"), "decimal"),
    **dict.fromkeys(("date", "q date", "add date prompt"), "date"),
    **dict.fromkeys(("datetime", "dateTime", "date time", "q dateTime", "q date time", "add dateTime prompt",
                     "add date time prompt"), "datetime"),
    "time": "time",
    **dict.fromkeys(("geopoint", "gps", "location", "q geopoint", "q location", "add location prompt"), "geopoint"),
    **dict.fromkeys(("geotrace", "q geotrace"), "geotrace"),
    **dict.fromkeys(("geoshape", "q geoshape"), "geoshape"),
    **dict.fromkeys(("note", "q note", "add note prompt"), "note"),
    **dict.fromkeys(("acknowledge", "trigger", "q acknowledge", "add acknowledge prompt"), "acknowledge"),
    **dict.fromkeys(("calculate", "q calculate", "add calculate prompt"), "calculate"),
    "hidden": "hidden", "range": "range", "audit": "audit",
    **dict.fromkeys(("start", "start time", "get start time"), "start"),
    **dict.fromkeys(("end", "end time", "get end time"), "end"),
    **dict.fromkeys(("today", "get today"), "today"),
    **dict.fromkeys(("deviceid", "imei", "device id", "get device id", "uri:deviceid"), "deviceid"),
    **dict.fromkeys(("phonenumber", "get phone number", "uri:phonenumber"), "phonenumber"),
    **dict.fromkeys(("simserial", "sim id", "get sim id", "uri:simserial"), "simserial"),
    **dict.fromkeys(("subscriberid", "subscriber id", "get subscriber id", "uri:subscriberid"), "subscriberid"),
    **dict.fromkeys(("username", "uri:username"), "username"), **dict.fromkeys(("email", "uri:email"), "email"),
    "start-geopoint": "start-geopoint", "background-geopoint": "background-geopoint",
    "background-audio": "background-audio",
}  # fmt: skip
"""What XLSForm calls a type -> the type here."""

IMPLIED: Mapping[str, tuple[str, str]] = {
    "percentage": ("0 <= . and . <= 100", ""),
    "number of days in last month": ("0 <= . and . <= 31", "Enter a number 0-31."),
    "number of days in last six months": ("0 <= . and . <= 183", "Enter a number 0-183."),
    "number of days in last year": ("0 <= . and . <= 365", "Enter a number 0-365."),
    "phone number": (r"regex(., '^\d*$')", "Enter numbers only."),
}
"""Type -> constraint and hint that come with it."""

_DATA_TYPES = {"integer": "int", "decimal": "decimal", "date": "date", "datetime": "dateTime", "time": "time",
               "geopoint": "geopoint", "geotrace": "geotrace", "geoshape": "geoshape", "range": "int"}  # fmt: skip
EXTERNAL_TYPES = {"csv-external": "csv", "xml-external": "xml"}
"""Rows that only name a file."""
SETTING_TYPES = frozenset({"form_title", "set_form_title", "form_id", "set_form_id", "prefix"})

NOT_RUN = {
    "audit": "import.audit", "background-audio": "import.background", "background-geopoint": "import.background",
    "start-geopoint": "import.background", "simserial": "import.device_value", "subscriberid": "import.device_value",
}  # fmt: skip
"""Types that no laptop can fill in -> what is said about them."""


def select_type(command: str) -> str:
    """The type here of what ``SELECT`` finds as ``kind``."""
    if command == "rank":
        return command
    return "select_multiple" if "multiple" in command or "all" in command else "select_one"


def type_of(kind: str) -> str:
    """The type here of what a ``type`` cell says, which is no select; ``text`` for what nobody knows."""
    return _ALIASES.get(kind) or ("file" if _OSM.match(kind) else "text")


def still_means(written: str, question: Question) -> bool:
    """True when a ``type`` cell as it was written says what the question is: nobody has changed it since."""
    select = SELECT.match(written)
    if select is None:
        meant = type_of(written)
        return question.type in (meant, "calculate", "hidden")
    name = select["list"]
    stem = name.rpartition(".")[0] or name
    lists = {name, stem, f"{name}.external", "itemset" if question.itemset == name else name}
    meant = select_type(select["kind"])
    same = question.list_name in (*lists, "") and question.type in (meant, "calculate", "hidden")
    return same and (question.extra.get("or_other") == "yes") == bool(select["other"])


def implied_data_type(kind: str) -> str:
    """XForm type of a value that nobody is asked for, by what its ``type`` cell says."""
    return _DATA_TYPES.get(_ALIASES.get(kind, ""), "")


def default_of(cell: str, kind: str) -> tuple[str, str]:
    """(the default as this program reads it, the cell where that is another text)."""
    from pyxform.utils import default_is_dynamic  # type: ignore[import-untyped]  # loaded by now

    if not cell:
        return "", ""
    dynamic = bool(default_is_dynamic(cell, kind))
    if dynamic == is_expression(cell):
        return cell, ""
    if dynamic:
        return f"({cell})", cell
    return quoted(cell), cell
