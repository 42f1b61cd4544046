"""``assessor conflicts``: many at once, rows entered twice, what others decided, how far two people agree."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from assessor_tui.cli.conflicts import entry_data, question_label, said_by, when
from assessor_tui.cli.session import (
    Json,
    Mistake,
    VisitName,
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
    from assessor_tui.assess.agreement import Agreement
    from assessor_tui.ledger.conflicts import EqualRows
    from assessor_tui.settling import Plan, Planned
    from assessor_tui.visit import Visit

Why = Annotated[str, typer.Option("--why", help=N_("The reason; it goes into the record."))]


def add_to(conflicts: typer.Typer) -> None:
    """Nothing; adds the commands to those of ``assessor conflicts``."""
    conflicts.command("settle-all", help=N_("Settle many conflicts at once; one undo takes all of it back."))(
        settle_all
    )
    conflicts.command("rows", help=N_("Join rows that were entered twice, or keep both, with a reason."))(rows)
    conflicts.command("decided", help=N_("List what others have decided, with their reasons."))(decided)
    conflicts.command("agreement", help=N_("Say how far two people agree who answered the same questions."))(agreement)
    conflicts.command("different", help=N_("Say that another visit that looks like this one is not the same."))(
        different
    )
    conflicts.command("clock", help=N_("Note the true time of a laptop whose clock stood ahead."))(clock)


def settle_all(
    context: typer.Context,
    visit_name: VisitName,
    whose: Annotated[str, typer.Option("--of", metavar="NAME", help=N_("Whose answers stand."))] = "",
    later: Annotated[
        bool, typer.Option("--later", help=N_("The later of two answers stands where one person gave both."))
    ] = False,
    same: Annotated[
        bool,
        typer.Option(
            "--same-question", help=N_("Answers under an older version of a form stand where it asks the same.")
        ),
    ] = False,
    section: Annotated[
        str, typer.Option("--section", metavar="FORM[/SECTION]", help=N_("Only in this form or section."))
    ] = "",
    why: Why = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help=N_("Only say what would change."))] = False,
    as_json: Json = False,
) -> None:
    """Nothing; says each change, then records all of them together."""
    from assessor_tui.settling import all_of, later_of_same, sections, settle_together, sides_by_person, within

    if [bool(whose), later, same].count(True) != 1:
        raise Mistake(
            _("Say which answers stand: --of NAME, --later for two of one person, --same-question after a new version.")
        )
    with opened(context, write=not dry_run) as store:
        if not dry_run:
            demand_identity(store)
        visit = find_visit(store, visit_name)
        form, _slash, name = section.partition("/")
        if form and form not in visit.forms:
            raise Mistake(_("There is no form {form} in this visit.").format(form=form))
        if name and name not in {group.name for group, _paths in sections(visit, form)}:
            known = _(", ").join(group.name for group, _paths in sections(visit, form))
            raise Mistake(_("There is no section {name}. There are: {known}").format(name=name, known=known))
        found = within(visit, form, name)
        if same:
            plan = _same_question(visit, form)
        else:
            plan = all_of(visit, found, whose) if whose else later_of_same(visit, found)
        if whose and found and not plan.settled:
            told = _(", ").join(sides_by_person(visit, found))
            raise Mistake(_("{person} is on no side. There are: {people}").format(person=whose, people=told))
        changes = [planned_data(visit, each) for each in plan.settled]
        if not as_json:
            for each in plan.settled:
                for line in planned_lines(visit, each):
                    show(line)
            say(_("{count} to settle, {left} stay open.").format(count=len(plan.settled), left=len(plan.left)))
        recorded = 0
        if plan.settled and not dry_run:
            came = settle_together(visit, plan.settled, why)
            refuse(came.problems)
            recorded = len(came.entries)
            if not as_json:
                words = ngettext("{count} conflict settled.", "{count} conflicts settled.", recorded)
                say(words.format(count=recorded) + " " + _("One undo takes all of it back."))
        if as_json:
            left = len(visit.state.conflicts)
            show_json({"visit": visit.id, "settled": recorded, "changes": changes, "conflicts": left})


def _same_question(visit: "Visit", form: str) -> "Plan":
    """Answers that waited because their author had not heard of a newer version which asks the same."""
    from assessor_tui.ledger.state import VERSION
    from assessor_tui.moving import still_asked
    from assessor_tui.settling import Plan

    settled = [each for each in still_asked(visit) if form in ("", each.conflict.form)]
    known = [each.conflict for each in settled]
    waiting = (each for each in visit.state.conflicts.values() if each.kind == VERSION and form in ("", each.form))
    return Plan(tuple(settled), tuple(each for each in waiting if each not in known))


def planned_lines(visit: "Visit", planned: "Planned") -> list[str]:
    """One change for reading: where, what counts now, what would count."""
    conflict = planned.conflict
    where = short_rows(f"{conflict.form}/{conflict.path}")
    label = question_label(visit, conflict.form, conflict.path)
    now, then = said_by(visit, planned.now), said_by(visit, planned.take)
    stays = "" if planned.changes else "  " + _("(counts already)")
    return [f"{where}  {label}".strip(), f"  {now}  ->  {then}{stays}"]


def planned_data(visit: "Visit", planned: "Planned") -> dict[str, Any]:
    """One change as JSON data."""
    conflict = planned.conflict
    return {
        "form": conflict.form,
        "path": conflict.path,
        "label": question_label(visit, conflict.form, conflict.path),
        "now": said_by(visit, planned.now),
        "then": said_by(visit, planned.take),
        "changes": planned.changes,
    }


def rows(
    context: typer.Context,
    visit_name: VisitName,
    path: Annotated[str, typer.Argument(metavar="ROW", help=N_("One of the rows; not needed for a single case."))] = "",
    keep: Annotated[
        int, typer.Option("--keep", metavar="N", help=N_("Join them into the row of this number, as listed."))
    ] = 0,
    apart: Annotated[bool, typer.Option("--apart", help=N_("Keep them as rows of their own."))] = False,
    why: Why = "",
    as_json: Json = False,
) -> None:
    """Nothing; lists rows entered twice, or decides one case and says what came of it."""
    from assessor_tui.settling import join_rows, keep_apart, rows_entered_twice

    decides = bool(keep) or apart
    with opened(context, write=decides) as store:
        visit = find_visit(store, visit_name)
        found = rows_entered_twice(visit)
        if path:
            found = [each for each in found if any(short_rows(f"{each.form}/{row}") == short_rows(path) or path in
                                                   (f"{each.form}/{row}", row) for row in each.rows)]  # fmt: skip
        if not decides:
            if as_json:
                show_json({"visit": visit.id, "rows": [rows_data(visit, each) for each in found]})
            else:
                for each in found:
                    for line in rows_lines(visit, each):
                        show(line)
                if not found:
                    say(_("No row was entered twice."))
            return
        demand_identity(store)
        if keep and apart:
            raise Mistake(_("Say one of both: --keep N or --apart."))
        if len(found) != 1:
            raise Mistake(_("Name the rows by one of them, as “assessor conflicts rows” lists them."))
        (case,) = found
        if keep and not 1 <= keep <= len(case.rows):
            raise Mistake(_("There is no row {number}; there are {count}.").format(number=keep, count=len(case.rows)))
        came = join_rows(visit, case, case.rows[keep - 1], why) if keep else keep_apart(visit, case, why)
        refuse(came.problems)
        left = len(rows_entered_twice(visit))
        if as_json:
            show_json({"visit": visit.id, "recorded": len(came.entries), "rows": left})
        else:
            said = _("The rows are joined.") if keep else _("The rows are kept apart.")
            say(said + " " + _("One undo takes all of it back."))


def rows_lines(visit: "Visit", case: "EqualRows") -> list[str]:
    """Rows entered twice for reading: what they have in common, then each with its number and who added it."""
    lines = [f"{visit.id[:8]}  {case.form}/{short_rows(case.repeat)}  {key_words(visit, case)}"]
    for number, row in enumerate(case.rows, 1):
        people = _(", ").join(dict.fromkeys(entry.person for _digest, entry in visit.state.row_heads(case.form, row)))
        answers = sum(at.startswith(f"{row}/") for at in visit.state.answers(case.form))
        count = ngettext("{count} answer", "{count} answers", answers).format(count=answers)
        lines.append(f"  {number}  {short_rows(row)}  {people}  {count}")
    return lines


def key_words(visit: "Visit", case: "EqualRows") -> str:
    """What the rows have in common, as people read it."""
    from assessor_tui.cli.typed import spoken
    from assessor_tui.ledger.conflicts import keys_of
    from assessor_tui.ledger.entry import generic_path

    names = keys_of(visit.forms[case.form])[generic_path(case.repeat)]
    said = (
        spoken(visit, case.form, f"{case.rows[0]}/{name}", value, language())
        for name, value in zip(names, case.key, strict=True)
    )
    return " / ".join(said)


def rows_data(visit: "Visit", case: "EqualRows") -> dict[str, Any]:
    """Rows entered twice as JSON data."""
    return {
        "form": case.form,
        "repeat": case.repeat,
        "key": key_words(visit, case),
        "rows": [
            {
                "keep": number,
                "path": row,
                "added_by": [entry.person for _digest, entry in visit.state.row_heads(case.form, row)],
            }
            for number, row in enumerate(case.rows, 1)
        ],
    }


def decided(context: typer.Context, visit_name: VisitName, as_json: Json = False) -> None:
    """Nothing; every decision of other people, the latest first; those not seen on the page yet are marked."""
    from assessor_tui.waiting import new_since_looked, settled_by_others

    with opened(context) as store:
        visit = find_visit(store, visit_name)
        told = settled_by_others(visit)
        new = new_since_looked(visit, told)
        if as_json:
            data = [{**entry_data(visit, digest, entry), "new": digest in new} for digest, entry in told]
            show_json({"visit": visit.id, "decided": data})
            return
        for digest, entry in told:
            mark = "*" if digest in new else " "
            where = short_rows(f"{entry.form}/{entry.path}".strip("/"))
            show(f"{mark} {where}  {question_label(visit, entry.form, entry.path)}".rstrip())
            show(f"    {said_by(visit, entry)}  {entry.person}  {when(entry.at)}  ({entry.why})")
        if not told:
            say(_("Nobody else has decided anything here."))


def agreement(context: typer.Context, visit_name: VisitName, as_json: Json = False) -> None:
    """Nothing; how many questions several people answered apart, and on how many they agree."""
    from assessor_tui.assess.agreement import compared
    from assessor_tui.form.model import in_language

    with opened(context) as store:
        visit = find_visit(store, visit_name)
        forms = {name: form for name, form in visit.forms.items() if form.kind == "checklist"}
        result = compared(forms, visit.state)
        labels = {
            (form_id, child.name): in_language(child.label, language())
            for form_id, form in forms.items()
            for child in form.children
            if not hasattr(child, "type")
        }
        if as_json:
            show_json({
                "visit": visit.id,
                **agreement_data(result.whole),
                "sections": [
                    {"form": form, "section": name, "label": labels.get((form, name), ""), **agreement_data(part)}
                    for (form, name), part in result.sections.items()
                ],
                "pairs": [
                    {
                        "people": [pair.one, pair.other], **agreement_data(pair.agreement),
                        "kappa": str(round(float(pair.kappa), 2)) if pair.kappa is not None else None,
                        "kappa_over": pair.kappa_over,
                    }
                    for pair in result.pairs
                ],
                "differ": [{"form": each.form, "path": each.path} for each in result.differ],
            })  # fmt: skip
            return
        if not result.whole.both:
            say(_("No question was answered by two people apart."))
            return
        show(f"{_('whole visit')}  {agreement_words(result.whole)}")
        for (form, name), part in result.sections.items():
            title = labels.get((form, name)) or in_language(forms[form].title, language())
            show(f"  {forms[form].number}  {title}  {agreement_words(part)}")
        for pair in result.pairs:
            show(f"{pair.one} / {pair.other}  {agreement_words(pair.agreement)}")
            if pair.kappa is not None:
                words = _(
                    "  kappa {kappa} over {count} questions with the same choices: 0 as by chance, 1 always alike"
                )
                show(words.format(kappa=f"{float(pair.kappa):.2f}", count=pair.kappa_over))


def agreement_words(part: "Agreement") -> str:
    """Percentage and counts."""
    share = part.share
    percent = f"{float(share * 100):.0f} %" if share is not None else ""
    return _("{percent}  {agreed} of {both}").format(percent=percent, agreed=part.agreed, both=part.both)


def agreement_data(part: "Agreement") -> dict[str, Any]:
    """Counts and percentage as JSON data."""
    share = part.share
    percent = f"{float(share * 100):.1f}" if share is not None else None
    return {"both": part.both, "agreed": part.agreed, "percent": percent}


def different(
    context: typer.Context,
    visit_name: VisitName,
    other_name: Annotated[str, typer.Argument(metavar="OTHER", help=N_("The other visit."))],
    why: Why = "",
) -> None:
    """Nothing; records that the two visits are not one."""
    from assessor_tui.settling import say_different

    with opened(context, write=True) as store:
        demand_identity(store)
        visit, other = find_visit(store, visit_name), find_visit(store, other_name)
        if visit.id == other.id:
            raise Mistake(_("That is the same visit."))
        refuse(say_different(visit, other.id, why).problems)
        say(
            _("It is recorded that visits {visit} and {other} are not one.").format(
                visit=visit.id[:8], other=other.id[:8]
            )
        )


def clock(
    context: typer.Context,
    visit_name: VisitName,
    letters: Annotated[str, typer.Argument(metavar="LAPTOP", help=N_("The three letters of the laptop."))],
    text: Annotated[str, typer.Argument(metavar="TEXT", help=N_("What time it really was, in your words."))],
) -> None:
    """Nothing; records the note as a comment on the whole visit."""
    from assessor_tui.ledger.state import device_letters
    from assessor_tui.settling import note_clock
    from assessor_tui.store.clocks import clocks_ahead

    with opened(context, write=True) as store:
        demand_identity(store)
        visit = find_visit(store, visit_name)
        found = [each for each in clocks_ahead(store, visit.id) if device_letters(each.device) == letters.upper()]
        if not found:
            raise Mistake(_("No clock of a laptop {letters} stood ahead here.").format(letters=letters))
        refuse(note_clock(visit, found[0], text).problems)
        say(_("Noted, as a comment on the whole visit."))
