"""The published schemas are those of the code, and what we read is what they allow."""

import json
from pathlib import Path

import jsonschema
import pytest

from assessor_tui.form.schema import PUBLISHED, publish, schema_text, split_type
from assessor_tui.form.source import read_source
from tests.form_texts import small_form

FORMS = Path(__file__).parents[1] / "forms"


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_published_schema_is_current(name: str) -> None:
    """If this fails: python -m assessor_tui.form.schema forms."""
    assert (FORMS / f"{name}.schema.json").read_text(encoding="utf-8") == schema_text(name)


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_published_schema_is_json_schema_2020_12(name: str, tmp_path: Path) -> None:
    publish(tmp_path)
    schema = json.loads((tmp_path / f"{name}.schema.json").read_text(encoding="utf-8"))
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("path", sorted(FORMS.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_schema_allows_every_shipped_file(path: Path) -> None:
    data = read_source(path.read_bytes()).data
    schema = json.loads(schema_text("scheme" if "categories" in data else "form"))
    jsonschema.Draft202012Validator(schema).validate(data)


def test_the_schema_allows_what_an_editor_makes_of_unquoted_values() -> None:
    data = read_source(
        small_form("- {type: integer, name: a, LABEL, decimals: 1, weight: 2, insist: yes}").encode()
    ).data
    data["survey"][0] |= {"decimals": 1, "weight": 2.5, "insist": True, "hint": {"en-HK": 3}}
    jsonschema.Draft202012Validator(json.loads(schema_text("form"))).validate(data)


def test_the_schema_knows_no_unknown_column() -> None:
    data = read_source(small_form("- {type: integer, name: a, LABEL, colour: red}").encode()).data
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(json.loads(schema_text("form"))).validate(data)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("text", ("text", "", "")),
        ("select_one yes_no", ("select_one", "yes_no", "")),
        ("select_multiple  many ", ("select_multiple", "many", "")),
        ("select_one ${rows}", ("select_one", "", "rows")),
        ("select_one", None),
        ("select_multiple ${rows}", None),
        ("text yes_no", None),
        ("group", None),
        ("select_one a b", None),
        ("", None),
    ],
)
def test_the_type_column_is_a_type_and_where_its_choices_are(text: str, parts: tuple[str, str, str] | None) -> None:
    assert split_type(text) == parts
