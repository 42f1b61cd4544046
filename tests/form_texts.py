"""Small forms written as YAML, for tests."""

from textwrap import dedent, indent

from assessor_tui.form.model import Form
from assessor_tui.form.read import read_form

SETTINGS = """
settings:
  form_id: small
  version: "1"
  number: "9"
  title: {en-HK: Small, zh-Hant-HK: 小, zh-Hans-CN: 小}
choices:
  yes_no:
    - {name: yes, label: {en-HK: "Yes", zh-Hant-HK: 是, zh-Hans-CN: 是}}
    - {name: no, label: {en-HK: "No", zh-Hant-HK: 否, zh-Hans-CN: 否}}
"""

LABEL = "label: {en-HK: Label, zh-Hant-HK: 標籤, zh-Hans-CN: 标签}"


def small_form(survey: str) -> str:
    """A form with two choices and this survey; LABEL stands for a whole label."""
    return SETTINGS + "survey:\n" + indent(dedent(survey).strip(), "  ").replace("LABEL", LABEL) + "\n"


def form_of(survey: str) -> Form:
    """The form with this survey, which has no mistakes."""
    form, problems = read_form(small_form(survey).encode())
    assert form is not None, problems
    assert problems == ()
    return form
