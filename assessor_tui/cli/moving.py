"""``assessor visit update-form``: a visit goes over to another version of a form, after a look at what that means."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assessor_tui.cli.form_files import form_held, form_of_file
from assessor_tui.cli.session import (
    Json,
    Mistake,
    VisitName,
    ask_line,
    demand_identity,
    find_visit,
    opened,
    refuse,
    say,
    short_rows,
    show,
    show_json,
)
from assessor_tui.i18n import N_, _, language, ngettext

if TYPE_CHECKING:
    from assessor_tui.form.model import Form
    from assessor_tui.moving import Answer, Preview
    from assessor_tui.visit import Visit

MOST = 40
"""Lines of one kind that are shown; ``--json`` has all."""


def update_form(
    context: typer.Context,
    visit_name: VisitName,
    said: Annotated[
        str, typer.Argument(metavar="FORM", help=N_("The newer version: a form file, or an id or hash held here."))
    ],
    yes: Annotated[bool, typer.Option("--yes", help=N_("Do it without asking."))] = False,
    why: Annotated[str, typer.Option("--why", help=N_("The reason; it goes into the record."))] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help=N_("Only say what would change."))] = False,
    as_json: Json = False,
) -> None:
    """Nothing; says what the visit would gain, lose or have to answer again, asks, and records it as one act."""
    from pathlib import Path

    from assessor_tui.moving import preview, update_form

    with opened(context, write=not dry_run) as store:
        visit = find_visit(store, visit_name)
        form = form_of_file(Path(said).expanduser()) or form_held(store, said)
        if form.form_id not in visit.forms:
            known = _(", ").join(visit.forms)
            raise Mistake(_("The visit has no form {form}. It has: {known}").format(form=form.form_id, known=known))
        moved = preview(visit, form, language=language())
        if not as_json:
            for line in preview_lines(visit, moved, form):
                show(line)
        recorded = False
        if moved.old == moved.new:
            say(_("The visit uses this version already."))
        elif not dry_run:
            demand_identity(store)
            refuse(moved.refused)
            if yes or _agreed():
                came = update_form(visit, form, why)
                refuse(came.problems)
                recorded = bool(came.entries)
                say(_("The visit uses the version {new} now. One undo goes back.").format(new=moved.new))
            else:
                say(_("Nothing was changed."))
        else:
            refuse(moved.refused)
        if as_json:
            show_json({"visit": visit.id, "updated": recorded, **preview_data(moved)})


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise Mistake(_("Nobody can be asked here. Look at what changes with --dry-run, then say --yes."))
    letter = _("y")
    return ask_line(_("Go over to this version? {yes} or Enter for no: ").format(yes=letter)).strip().lower() == letter


def preview_lines(visit: "Visit", moved: "Preview", new: "Form") -> Iterator[str]:
    """The preview for reading: most pressing first, each kind with a heading."""
    from assessor_tui.i18n.moving_words import heading, kinds, part_line

    yield _("{form}: version {old} becomes {new}").format(form=moved.form, old=moved.old, new=moved.new)
    for kind in kinds(moved):
        found: Sequence[Any] = getattr(moved, kind)
        yield heading(kind, len(found))
        for each in found[:MOST]:
            yield "  " + part_line(kind, each, lambda path: named(visit, new, path))
        left = len(found) - MOST
        if left > 0:
            yield "  " + ngettext("and {count} more", "and {count} more", left).format(count=left)
    if moved.is_quiet and not moved.as_text:
        yield _("No answer and no result is touched, and nothing more is asked.")


def named(visit: "Visit", new: "Form", path: str) -> str:
    """A question as a lead writes it: its path with short row ids, and its label in the visit's version or the new."""
    from assessor_tui.form.diff import nodes
    from assessor_tui.form.model import in_language
    from assessor_tui.ledger.entry import generic_path

    filling = visit.filling(new.form_id)
    try:
        label = filling.label(path, language())
    except KeyError:
        at = nodes(new).get(generic_path(path))
        label = in_language(at.node.label, language()) if at is not None else ""
    return f"{short_rows(path)}  {label}".rstrip()


def preview_data(moved: "Preview") -> dict[str, Any]:
    """The preview as JSON data."""
    from assessor_tui.cli.form_diff import change_data
    from assessor_tui.cli.session import problem_data

    def answers(found: "Iterable[Answer]") -> list[dict[str, Any]]:
        from assessor_tui.ledger.value import to_json

        return [{"path": a.path, "value": None if a.value is None else to_json(a.value)} for a in found]

    return {
        "form": moved.form,
        "old": moved.old,
        "new": moved.new,
        "changes": [change_data(each) for each in moved.changes],
        "gained": list(moved.gained),
        "demanded": list(moved.demanded),
        "lost": answers(moved.lost),
        "hidden": answers(moved.hidden),
        "back": answers(moved.back),
        "as_text": answers(moved.as_text),
        "again": [{"path": answer.path, "problem": problem_data(problem)} for answer, problem in moved.again],
        "computed": [{"path": path, "old": old, "new": new} for path, old, new in moved.computed],
        "refused": [problem_data(problem) for problem in moved.refused],
    }
