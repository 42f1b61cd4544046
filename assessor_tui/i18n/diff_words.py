"""What differs between two versions of a form, in plain words."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from assessor_tui.i18n import N_, _

if TYPE_CHECKING:
    from assessor_tui.form.diff import Change

_WORDS: Mapping[str, str] = {
    "other_form": N_("These are two forms, {old} and {new}, not two versions of one."),
    "form": N_("{column}: {old} became {new}"),
    "list_added": N_("list {list} added, with {count} choices"),
    "list_removed": N_("list {list} removed"),
    "list_changed": N_("list {list} changed: {old} rows became {new}"),
    "choice_added": N_("choice {choice} added: {new}"),
    "choice_removed": N_("choice {choice} removed: {old}"),
    "choice_text": N_("choice {choice}, {language}: {old} became {new}"),
    "choice_columns": N_("choice {choice}: {old} became {new}"),
    "choices_order": N_("choices stand in another order"),
    "question_added": N_("question added: {new}"),
    "group_added": N_("group added: {new}"),
    "repeat_added": N_("table added: {new}"),
    "question_removed": N_("question removed: {old}"),
    "group_removed": N_("group removed: {old}"),
    "repeat_removed": N_("table removed: {old}"),
    "question_renamed": N_("question removed as {old} and added as {new}; perhaps renamed: {label}"),
    "group_renamed": N_("group {old} removed and {new} added; perhaps renamed: {label}"),
    "repeat_renamed": N_("table removed as {old} and added as {new}; perhaps renamed: {label}"),
    "question_moved": N_("question moved: {old} became {new}"),
    "group_moved": N_("group moved: {old} became {new}"),
    "repeat_moved": N_("table moved: {old} became {new}"),
    "place": N_("stands elsewhere among its neighbours"),
    "type": N_("type: {old} became {new}"),
    "column": N_("{column}: {old} became {new}"),
    "column_added": N_("{column} added: {new}"),
    "column_removed": N_("{column} removed: {old}"),
    "text": N_("{column}, {language}: {old} became {new}"),
    "text_added": N_("{column}, {language} added: {new}"),
    "text_removed": N_("{column}, {language} removed: {old}"),
}


def change_words(change: "Change") -> str:
    """The difference in one line, without where it is."""
    code, told = change.code, change.told
    old, new = told.get("old", ""), told.get("new", "")
    if code in ("column", "text", "form") and not (old and new):
        code = f"{'text' if code == 'text' else 'column'}_{'added' if new else 'removed'}"
    elif code.endswith("_moved") and old == new:
        code = "place"
    elif code.endswith("_moved"):
        told = {**told, "old": old or _("outside groups"), "new": new or _("outside groups")}
    template = _WORDS.get(code)
    return _(template).format_map(told) if template is not None else f"{code}: {old} / {new}"
