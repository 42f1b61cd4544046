"""A further checklist for the visit: chosen among those this laptop holds or from a file, looked at, then one act."""

from typing import TYPE_CHECKING

from assessor_tui.form.model import SILENT_TYPES, Form, Question, Repeat, in_language, questions, walk
from assessor_tui.i18n import LANGUAGE_NAMES, _, language, ngettext
from assessor_tui.tui.windows.dialog import Choose, Option
from assessor_tui.tui.windows.search_list import SearchList, entry
from assessor_tui.tui.windows.updating import FROM_FILE, choose_file

if TYPE_CHECKING:
    from assessor_tui.tui.visit_screen import VisitScreen
    from assessor_tui.visit import Visit

_MOST_SECTIONS = 8


async def add_checklist(screen: "VisitScreen") -> None:
    """Nothing; asks for the checklist, shows what it holds, and adds it to the visit."""
    if screen.visit.signed:
        screen.say(_("The visit is signed. Reopen it on the review page to change something."), "bold $doubt")
        return
    entries = [entry(FROM_FILE, _("from a file ..."), also=".xlsx .xls .md .xml .yaml", detail=".xlsx .xml .yaml")]
    entries += [
        entry(version, title, also=form.form_id, detail=questions_words(form))
        for version, title, form in _held(screen.visit)
    ]

    async def chosen(what: str | None) -> None:
        if what == FROM_FILE:
            text = _("A checklist: YAML, a workbook (.xlsx) or an ODK form (.xml). Nothing changes before you agree.")
            await choose_file(screen, _("Add a checklist"), text, _look_at)
        elif what:
            await _look_at(screen, screen.visit.store.form(what))

    if len(entries) == 1:
        await chosen(FROM_FILE)
        return
    text = _("Checklists that are on this laptop and not in this visit.")
    await screen.app.push_screen(SearchList(_("Add a checklist"), entries, text=text), chosen)


def _held(visit: "Visit") -> list[tuple[str, str, Form]]:
    """(hash, title, form) of checklists that the visit does not have, of each the version held last."""
    from assessor_tui.using_form import known_forms

    found: dict[str, tuple[str, str, Form]] = {}
    for each in known_forms(visit.store):
        name = each.form.form_id
        if name not in visit.state.forms and name not in found:
            found[name] = (each.version, in_language(each.form.title, language()) or name, each.form)
    return list(found.values())


def questions_words(form: Form) -> str:
    """How many questions a form asks."""
    count = sum(question.type not in SILENT_TYPES for _path, question in questions(form))
    return ngettext("{count} question", "{count} questions", count).format(count=count)


def told(form: Form) -> str:
    """What a form holds, in a few lines: id, version, size, languages, sections."""
    tables = sum(isinstance(node, Repeat) for _path, node in walk(form.children))
    spoken = _(", ").join(LANGUAGE_NAMES.get(tag, tag) for tag in form.languages if tag != "und")
    lines = [f"{form.form_id}  {form.version}".strip(), questions_words(form)]
    if tables:
        lines[-1] += _(", ") + ngettext("{count} table", "{count} tables", tables).format(count=tables)
    if spoken:
        lines.append(_("Languages: {languages}").format(languages=spoken))
    sections = [in_language(node.label, language()) for node in form.children if not isinstance(node, Question)]
    lines += [f"- {section}" for section in sections[:_MOST_SECTIONS] if section]
    if len(sections) > _MOST_SECTIONS:
        lines.append("- ...")
    if form.scoring.profile == "none":
        lines.append(_("It scores nothing."))
    return "\n".join(lines)


async def _look_at(screen: "VisitScreen", form: Form) -> None:
    from assessor_tui.using_form import use_form

    async def agreed(what: str | None) -> None:
        if what != "add":
            return
        recorded = use_form(screen.visit, form)
        screen.did(recorded)
        if recorded.entries:
            screen.show(screen.target)
            title = in_language(form.title, language()) or form.form_id
            screen.say(_("{title} belongs to this visit now; it travels in its bundles.").format(title=title))
        elif not recorded.problems:
            screen.say(_("The visit uses this form already."))

    title = in_language(form.title, language()) or form.form_id
    options = [Option("add", _("Add it to this visit"), "", ("a",)), Option("no", _("Leave it"), "", ("l",))]
    await screen.app.push_screen(Choose(title, options, told(form)), agreed)
