"""What a visit would be under another version of a form, in plain words: for the window and for the command line."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from assessor_tui.i18n import _, ngettext
from assessor_tui.i18n.sentences import sentence
from assessor_tui.ledger.value import Evidence, Quantity, Value

if TYPE_CHECKING:
    from assessor_tui.moving import Preview

KINDS = ("again", "lost", "hidden", "demanded", "gained", "back", "as_text", "computed")
"""Parts of a preview in the order in which they matter."""


def kinds(moved: "Preview") -> tuple[str, ...]:
    """The parts that hold anything."""
    return tuple(kind for kind in KINDS if getattr(moved, kind))


def heading(kind: str, count: int) -> str:
    """What stands above the lines of a part."""
    words = {
        "again": ngettext(
            "{count} answer does not fit any more; give it again:",
            "{count} answers do not fit any more; give them again:",
            count,
        ),
        "lost": ngettext(
            "{count} answer is not asked for any more; it stays in the log:",
            "{count} answers are not asked for any more; they stay in the log:",
            count,
        ),
        "hidden": ngettext(
            "{count} answer is hidden by a condition, and kept:",
            "{count} answers are hidden by a condition, and kept:",
            count,
        ),
        "demanded": ngettext(
            "{count} question has to be answered now:", "{count} questions have to be answered now:", count
        ),
        "gained": ngettext("{count} more question is asked:", "{count} more questions are asked:", count),
        "back": ngettext("{count} answer counts again:", "{count} answers count again:", count),
        "as_text": ngettext(
            "{count} answer becomes text with its question:", "{count} answers become text with their question:", count
        ),
        "computed": ngettext("{count} result changes:", "{count} results change:", count),
    }
    return words[kind].format(count=count)


def part_line(kind: str, each: Any, named: Callable[[str], str]) -> str:
    """One line of a part."""
    if kind == "again":
        answer, problem = each
        return f"{named(answer.path)}: {said(answer.value)} - {sentence(problem)}"
    if kind in ("gained", "demanded"):
        return named(each)
    if kind == "computed":
        path, old, new = each
        nothing = _("nothing")
        return _("{name}: {old} becomes {new}").format(name=named(path), old=old or nothing, new=new or nothing)
    return f"{named(each.path)}: {said(each.value)}" if each.value is not None else named(each.path)


def said(value: Value | None) -> str:
    """An answer on one line."""
    if value is None:
        return ""
    if isinstance(value, Quantity):
        return f"{value.n} {value.u}".strip()
    if isinstance(value, Evidence):
        return value.about.get("name", "") or value.kind
    return value if isinstance(value, str) else ", ".join(value)
