"""A recorded filling of the WHO questionnaire (see ``fuzz``)."""

import gzip
from pathlib import Path

import pytest

from tests.conformance.cases import CASES
from tests.conformance.fuzz import run

FORMS = CASES / "forms"


@pytest.mark.skipif(not FORMS.is_dir(), reason="the cases of other programs are not beside the checkout")
@pytest.mark.parametrize("number", [1, 2, 3])
def test_every_state_of_a_recorded_filling_is_as_recorded(number: int) -> None:
    came = run(
        *map(str, (FORMS / "whova.xml.gz", FORMS / f"whova-{number}.acts", FORMS / f"whova-{number}.javarosa.txt.gz"))
    )
    assert came.of > 200
    assert came.misses == ()


XML = """<h:html xmlns:h="http://www.w3.org/1999/xhtml" xmlns="http://www.w3.org/2002/xforms"><h:head><h:title>t</h:title>
<model><instance><data id="t"><n/><twice/></data></instance><bind nodeset="/data/n" type="int"/>
<bind nodeset="/data/twice" calculate="/data/n * 2" relevant="/data/n > 1"/></model></h:head>
<h:body><input ref="/data/n"/></h:body></h:html>"""


def test_a_state_that_differs_is_told(tmp_path: Path) -> None:
    def line(path: str, *parts: str) -> str:
        return "\x01".join((path, *parts)) + "\n"

    begin = (
        line("/data[1]", "", "1", "0") + line("/data[1]/n[1]", "", "1", "0") + line("/data[1]/twice[1]", "", "0", "0")
    )
    right = line("/data[1]/n[1]", "3", "1", "0") + line("/data[1]/twice[1]", "6", "1", "0")
    (tmp_path / "form.xml").write_text(XML, encoding="utf-8")
    (tmp_path / "x.acts").write_text("/data[1]/n[1]|3|int\n", encoding="utf-8")
    for after, misses in ((right, 0), (right.replace("6", "7"), 1), (right.replace("6\x011", "6\x010"), 1)):
        (tmp_path / "x.gz").write_bytes(gzip.compress(f"{begin}--\n{after}--\n".encode()))
        came = run(*(str(tmp_path / name) for name in ("form.xml", "x.acts", "x.gz")))
        assert (came.of, len(came.misses)) == (2, misses)
