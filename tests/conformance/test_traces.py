"""Forms filled step by step as another program filled them (see ``traces``)."""

import pytest

from tests.conformance.cases import CASES, unexpected
from tests.conformance.traces import replay, run, same

FILE = CASES / "traces.json"


@pytest.mark.skipif(not FILE.exists(), reason="the cases of other programs are not beside the checkout")
def test_at_least_95_of_100_recorded_fillings_run_as_recorded() -> None:
    came = run(str(FILE))
    assert unexpected(came) == []
    assert len(came.misses) <= came.of * 0.05


XML = """<h:html xmlns:h="http://www.w3.org/1999/xhtml" xmlns="http://www.w3.org/2002/xforms"
 xmlns:jr="http://openrosa.org/javarosa"><h:head><h:title>t</h:title><model><instance><data id="t"><n/><twice/>
<r jr:template=""><a/></r></data></instance><bind nodeset="/data/n" type="int" constraint=". &lt; 10"/>
<bind nodeset="/data/twice" calculate="/data/n * 2" readonly="true()"/></model></h:head><h:body><input ref="/data/n"/>
<repeat nodeset="/data/r"><input ref="/data/r/a"/></repeat></h:body></h:html>"""
BEGIN = {"a": "init", "gone": [], "set": {
    "/data[1]": [None, 1, 0, 0], "/data[1]/n[1]": ["", 1, 0, 0], "/data[1]/twice[1]": ["", 1, 0, 1],
}}  # fmt: skip


def _answer(value: str, reason: str, **changed: list[object]) -> dict[str, object]:
    changes = {f"/data[1]/{name}[1]": state for name, state in changed.items()}
    return {"a": "answer", "ref": "/data/n[0]", "v": value, "r": reason, "gone": [], "set": changes}


def test_a_step_that_comes_out_otherwise_is_told() -> None:
    right = _answer("4", "OK", n=["4", 1, 0, 0], twice=["8", 1, 0, 1])
    assert replay(XML, [BEGIN, right]) == ""
    assert "'9' expected" in replay(XML, [BEGIN, _answer("4", "OK", n=["4", 1, 0, 0], twice=["9", 1, 0, 1])])
    assert "read only" in replay(XML, [BEGIN, _answer("4", "OK", n=["4", 1, 0, 0], twice=["8", 1, 0, 0])])
    assert "OK expected" in replay(XML, [BEGIN, _answer("12", "OK", n=["12", 1, 0, 0])])
    assert replay(XML, [BEGIN, _answer("12", "CONSTRAINT_VIOLATED")]) == ""
    row = {"/data[1]/r[1]": [None, 1, 0, 0], "/data[1]/r[1]/a[1]": ["", 1, 0, 0]}
    assert replay(XML, [BEGIN, {"a": "new", "ref": "/data/r[0]", "gone": [], "set": row}]) == ""
    assert "should not be there" in replay(XML, [BEGIN, {"a": "new", "ref": "/data/r[0]", "gone": [], "set": {}}])
    lost = {"a": "next", "gone": [], "set": {"/data[1]/x[1]": ["", 1, 0, 0]}}
    assert "is missing" in replay(XML, [BEGIN, lost])


@pytest.mark.parametrize(
    ("expected", "found", "is_same"),
    [
        ("2.5E3", "2500", True), ("1 2 0.0;3 4", "1 2 0;3 4", True), ("1 2", "1 3", False), ("1 2", "1", False),
        ("uuid:11111111-2222-3333-4444-555555555555", "uuid:61111111-2222-3333-4444-555555555550", True),
        ("21:14:00.000Z", "23:14:00.000+02:00", True), ("21:14:00.000Z", "23:15:00.000+02:00", False),
        ("2026-11-12T00:00:00.000Z", "2026-11-12", True), ("a", "b", False), (None, "", False), (None, None, True),
    ],
)  # fmt: skip
def test_values_are_the_same_however_they_are_written(expected: str | None, found: str | None, is_same: bool) -> None:
    assert same(expected, found) is is_same
