"""What other suites say each expression is worth (see ``expressions``)."""

import pytest

from tests.conformance.cases import CASES, Run, unexpected
from tests.conformance.documents import document
from tests.conformance.expressions import differs, run

FILE = CASES / "expressions.json"


@pytest.mark.skipif(not FILE.exists(), reason="the cases of other programs are not beside the checkout")
def test_at_least_99_of_100_expressions_give_what_other_programs_give() -> None:
    came = run(str(FILE))
    assert unexpected(came) == []
    assert len(came.misses) <= came.of * 0.01


def _case(expression: str, kind: str, value: object, asked: str = "any") -> dict[str, object]:
    expected = {"type": kind, "value": value}
    return {"expr": expression, "expected": expected, "ctx": "/", "rt": asked, "tz": "Etc/UTC", "doc": "d"}


def test_the_run_tells_what_came_instead() -> None:
    here = document("<a><b>1</b><b>2</b></a>")
    assert differs(_case("sum(/a/b)", "number", "3"), here) == ""
    assert differs(_case("/a/b", "nodeset", ["/0/0", "/0/1"]), here) == ""
    assert differs(_case("/a/b[2]", "nodeset", ["/a/b[2]"]), here) == ""
    assert "3.0" in differs(_case("sum(/a/b)", "number", "4"), here)
    assert "form.expression" in differs(_case("1 +", "number", "4"), here)


def test_an_error_is_an_error_and_a_blank_is_none() -> None:
    here = document("<a><b/></a>")
    assert differs(_case("date('soon')", "error", ""), here) == ""
    assert differs(_case("no-such()", "error", ""), here) == ""
    assert differs(_case("1 +", "error", ""), here) == ""
    assert differs(_case("date(/a/b)", "error", ""), here) != ""


XFORM = """<h:html xmlns:h="h" xmlns="x"><h:head><model>
<itext><translation lang="en"><text id="gate"><value>Gate</value></text></translation>
<translation lang="zh" default="true()"><text id="gate"><value form="short">x</value>
<value>閘</value></text></translation>
</itext>
<instance><visit><outlet><name>A</name></outlet><outlet><name>B</name></outlet><at>2</at></visit></instance>
<instance id="towns"><root><item><key>st</key><label>Sha Tin</label></item></root></instance>
</model></h:head><h:body/></h:html>"""


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("/visit/outlet[2]/name", "B"),
        ("indexed-repeat(/visit/outlet/name, /visit/outlet, /visit/at)", "B"),
        ("instance('towns')/root/item[key = 'st']/label", "Sha Tin"),
        ("pulldata('towns', 'label', 'key', 'st')", "Sha Tin"),
        ("pulldata('towns', 'label', 'key', 'xx')", ""),
        ("jr:itext('gate')", "閘"),
        ("jr:itext('none')", ""),
        ("string(count(/h:html/h:head))", "1"),
    ],
)
def test_a_document_that_is_a_whole_form_is_looked_at_as_one(expression: str, expected: str) -> None:
    assert differs(_case(expression, "string", expected, "string"), document(XFORM)) == ""


def test_a_file_with_other_cases_is_not_blamed_for_reasons_of_these() -> None:
    assert unexpected(Run("expressions", 1, (), frozenset({"other-1"}))) == []
    assert unexpected(Run("expressions", 1, (), frozenset({"javarosa-00096"}))) != []


def test_a_number_that_is_nearly_right_is_wrong() -> None:
    here = document("")
    for given, expected in (("1.23", "1.234"), ("0.254", "0.25"), ("100", "101"), ("2", "NaN"), ("320.77", "320.76")):
        assert differs(_case(given, "number", expected), here) != ""
    assert differs(_case("320.76168", "number", "320.76"), here) == ""
