"""Why a question stands as it does, in plain words: for the walk and for the command line."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from assessor_tui.i18n import N_, _

if TYPE_CHECKING:
    from assessor_tui.logic.explain import Line

_LINES: Mapping[str, str] = {
    "shown": N_("{path} is asked."),
    "hidden": N_("{path} is hidden."),
    "kept": N_("Its answer is kept and counts nowhere while it is hidden: {value}"),
    "own_fails": N_("Its own condition does not hold: {text}"),
    "own_holds": N_("Its own condition holds: {text}"),
    "outer_fails": N_("The condition of {path} around it does not hold: {text}"),
    "outer_holds": N_("The condition of {path} around it holds: {text}"),
    "computed": N_("{path} is computed: {text} comes to {value}"),
    "computed_blank": N_("{path} is computed: {text} comes to nothing"),
    "required": N_("It must be answered: {text}"),
    "not_required": N_("It need not be answered now: {text}"),
    "read_only": N_("It cannot be changed, because of {path}: {text}"),
    "constraint_broken": N_("The answer is not accepted: {text}"),
    "constraint_holds": N_("The answer is accepted: {text}"),
    "warning_broken": N_("The answer needs a written reason: {text}"),
    "warning_holds": N_("The answer needs no reason: {text}"),
    "part_true": N_("holds: {text}"),
    "part_false": N_("does not hold: {text}"),
    "part_value": N_("{text} comes to {value}"),
    "part_blank": N_("{text} comes to nothing"),
    "part_value.base64": N_("{text} comes to nothing: this is no base64 of a text"),
    "part_value.date": N_("{text} comes to nothing: this is no date"),
    "part_value.digest": N_("{text} comes to nothing: there is no such algorithm or encoding"),
    "part_value.pattern": N_("{text} comes to nothing: the pattern is broken, or takes too long"),
    "part_value.place": N_("{text} comes to nothing: this is no place on earth"),
    "part_value.signature": N_("{text} comes to nothing: this is not signed with that key"),
    "part_value.too_long": N_("{text} comes to nothing: it is too long"),
    "is": N_("{path} is {value}"),
    "blank": N_("{path} is not answered"),
    "blank_hidden": N_("{path} is hidden, so it counts as not answered"),
    "rows": N_("{path} has {value} rows"),
    "more": N_("and {count} more"),
    "depends_on": N_("It depends on:"),
    "depended_on": N_("What depends on it:"),
    "read_relevant": N_("{path}: whether it is asked"),
    "read_calculation": N_("{path}: what it comes to"),
    "read_required": N_("{path}: whether it must be answered"),
    "read_read_only": N_("{path}: whether it can be changed"),
    "read_constraint": N_("{path}: which answers are accepted"),
    "read_warning": N_("{path}: which answers need a reason"),
    "read_choice_filter": N_("{path}: which choices it offers"),
    "read_choices": N_("{path}: which rows it offers"),
    "read_repeat_count": N_("{path}: how many rows it has"),
    "read_row_label": N_("{path}: what its rows are called"),
    "read_default": N_("{path}: what it begins with"),
    "read_trigger": N_("{path}: when it is set"),
}
_OTHER = N_("{path}")


def line_words(line: "Line", named: Callable[[str], str] = str) -> str:
    """The line as a sentence; ``named`` gives what people call the question at a path. Its indent is ``line.depth``."""
    blanks = dict(line.blanks)
    if "path" in blanks:
        blanks["path"] = named(blanks["path"])
    return _(_LINES.get(line.code, _OTHER)).format_map(_Blanks(blanks))


class _Blanks(dict[str, str]):
    """Blanks of a sentence; one that the line does not fill stays away."""

    def __missing__(self, key: str) -> str:
        return ""
