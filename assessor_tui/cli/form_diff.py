"""``assessor form diff``: what differs between two versions of a form, and what that means for an ongoing visit."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assessor_tui.cli.form_files import form_given
from assessor_tui.cli.session import PROBLEMS, Json, find_visit, opened, say, short_rows, show, show_json
from assessor_tui.i18n import N_, _, language

if TYPE_CHECKING:
    from assessor_tui.form.diff import Change


def diff(
    context: typer.Context,
    old: Annotated[str, typer.Argument(metavar="A", help=N_("The older version: a file, or an id or hash held here."))],
    new: Annotated[str, typer.Argument(metavar="B", help=N_("The newer version."))],
    visit: Annotated[
        str, typer.Option("--visit", metavar="VISIT", help=N_("Also what this visit would gain, lose or answer again."))
    ] = "",
    as_json: Json = False,
) -> None:
    """Nothing; one line per difference, and with ``--visit`` what moving that visit from A to B would mean.

    Exit code 3 when a name changes its type other than to text, or these are two forms.
    """
    from assessor_tui.form.diff import diff as differences

    before, now = form_given(context, old), form_given(context, new)
    changes = differences(before, now, language())
    data: dict[str, Any] = {"form": now.form_id, "changes": [change_data(each) for each in changes]}
    lines = list(change_lines(changes))
    if visit:
        from assessor_tui.cli.moving import preview_data, preview_lines
        from assessor_tui.moving import preview

        with opened(context) as store:
            found = find_visit(store, visit)
            moved = preview(found, now, before, language())
            data["visit"] = preview_data(moved)
            lines += ["", *preview_lines(found, moved, now)]
    wrong = [each for each in changes if each.grave and each.code in ("type", "other_form")]
    if as_json:
        show_json(data)
    else:
        for line in lines:
            show(line)
        say(_("Differences: {count}.").format(count=len(changes)) if changes else _("There is no difference."))
        if wrong:
            say(_("A name never changes its type except to text. Give the question of the new version another name."))
    if wrong:
        raise typer.Exit(PROBLEMS)


def change_data(change: "Change") -> dict[str, Any]:
    """The difference as JSON data."""
    from assessor_tui.i18n.diff_words import change_words

    words = change_words(change)
    return {"code": change.code, "path": change.path, "grave": change.grave, "words": words, **dict(change.told)}


def change_lines(changes: "Iterable[Change]") -> Iterable[str]:
    """One line per difference: where and what; those that answers do not survive begin with ``!``."""
    from assessor_tui.i18n.diff_words import change_words

    for change in changes:
        where = f"{short_rows(change.path)}: " if change.path else ""
        yield f"{'!' if change.grave else ' '} {where}{change_words(change)}"
