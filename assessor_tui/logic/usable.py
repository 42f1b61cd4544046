"""Which mistakes in expressions keep a form from being used."""

from assessor_tui.form.check import is_ours
from assessor_tui.form.model import Form
from assessor_tui.problem import Problem

_NEVER_RUN = frozenset({"form.expression", "form.expression_too_deep", "form.expression_too_long", "form.cycle"})


def hinders(form: Form, problem: Problem) -> bool:
    """True when the form cannot be used because of a problem that ``compile_form`` tells.

    In a checklist of ours every mistake counts. A form that somebody brings along runs as it does in other programs:
    a path that leads nowhere or a function that nobody knows gives a blank, and a question that decides about itself
    is asked.
    """
    if is_ours(form):
        return True
    if problem.code == "form.cycle" and problem.parameters.get("column") == "relevant":
        first, _, rest = problem.parameters.get("cycle", "").partition(" → ")
        return first != rest
    if problem.code == "form.unknown_name":
        # A path may lead nowhere; a name in ${} is refused by other programs, too.
        return f"${{{problem.parameters.get('found', '')}}}" in problem.parameters.get("expression", "")
    return problem.code in _NEVER_RUN
