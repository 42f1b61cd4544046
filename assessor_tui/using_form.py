"""Forms beside those of the scheme: read from a file of any kind, and taken into use by a visit as one append."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import ClassVar, NamedTuple

from assessor_tui.form.model import Form, questions
from assessor_tui.i18n import N_
from assessor_tui.interop.imported import Imported
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.draft import Draft
from assessor_tui.new_visit import first_acts, form_context
from assessor_tui.problem import Place, Problem
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Materials, Recorded, Visit

SPREADSHEETS = frozenset({".xlsx", ".xlsm", ".xls", ".md"})
"""Endings of files that are XLSForms."""
IN_USE = "form in use"
"""Key of the laptop's local state: hash of each form that a visit of this laptop was given beside its scheme's."""


MAX_BYTES = 64 * 1024**2
"""Of a file that may hold a form or what is done with one; each reader takes less."""


class FormWrong(Exception):
    """A form file has mistakes; nothing was taken from it."""

    message: ClassVar[str] = N_("The form {file} cannot be used: {count} mistakes.")
    exit_code: ClassVar[int] = 3

    def __init__(self, file: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(file)
        self.problems = problems
        self.parameters = {"file": file, "count": str(len(problems))}


class KnownForm(NamedTuple):
    """A form that this laptop holds."""

    form: Form
    version: str
    """Its hash."""


def read_form_file(file: Path) -> Imported:
    """The form of a file: YAML, an XLSForm (.xlsx, .xls, .md) or an ODK XForm (.xml); else every mistake in it.

    A form whose lists are larger than what bundles carry is refused, ``form.too_large``.

    Raises:
        OSError: when the file cannot be read.
    """
    from assessor_tui.form.canonical import canonical_bytes, is_carried

    imported = _read(file)
    if imported.form is None or is_carried(canonical_bytes(imported.form)):
        return imported
    return imported._replace(form=None, problems=(Problem("form.too_large", Place(str(file))),))


def _read(file: Path) -> Imported:
    ending, name = file.suffix.casefold(), str(file)
    data = bytes_of(file)
    if ending in SPREADSHEETS:
        from assessor_tui.interop.xlsform_in import read_xlsform

        return read_xlsform(data, name, beside(file))
    if ending == ".xml":
        from assessor_tui.interop.xform_in import read_xform

        return read_xform(data, name, beside(file))
    from assessor_tui.form.read import read_form
    from assessor_tui.interop.choice_files import lists_beside
    from assessor_tui.logic.compile import compile_form
    from assessor_tui.logic.usable import hinders

    form, problems = read_form(data, name, lists_beside(file.parent))
    if form is None or problems:
        return Imported(None, problems)
    found = [each._replace(place=each.place._replace(file=name)) for each in compile_form(form).problems]
    problems = tuple(each for each in found if hinders(form, each))
    return Imported(None if problems else form, problems, tuple(each for each in found if not hinders(form, each)))


def bytes_of(file: Path) -> bytes:
    """What a file holds; of one that no reader takes because it is too large, a little more than the most they take.

    Raises:
        OSError: when it cannot be read.
    """
    with file.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def beside(file: Path) -> Callable[[str], bytes | None]:
    """Opens the files that lie beside a form, by their plain names; None for one that is not there."""
    from assessor_tui.interop.choice_files import files_beside

    return files_beside(file.parent)


def form_meant(store: Store, said: str) -> Form:
    """The form that ``said`` means: a file, or the id of one that this laptop holds.

    Raises:
        FormWrong: when the file has mistakes, or there is neither file nor form of this name.
        OSError: when the file cannot be read.
    """
    file = Path(said).expanduser()
    if file.is_file():
        read = read_form_file(file)
        if read.form is None:
            raise FormWrong(said, read.problems)
        if missing := files_missing(read.form):
            raise FormWrong(said, tuple(each._replace(place=each.place._replace(file=said)) for each in missing))
        return read.form
    held = [each for each in known_forms(store) if said in (each.form.form_id, each.version[: max(len(said), 6)])]
    if not held:
        raise FormWrong(said, (Problem("form.neither_file_nor_form", Place(said), {"value": said}),))
    return held[0].form


def files_missing(form: Form) -> tuple[Problem, ...]:
    """A problem for each question that nobody could answer, because the file of its list was not beside the form."""
    found: list[Problem] = []
    for path, question in questions(form):
        instance = form.instances.get(question.list_name)
        if instance is not None and instance.source and not instance.columns and not instance.document:
            found.append(Problem("form.file_missing", Place(path=path), {"found": instance.source}))
    return tuple(found)


def known_forms(store: Store) -> Iterator[KnownForm]:
    """Every checklist that this laptop holds, those imported last first where that is known."""
    last = store.local("", IN_USE, [])
    versions = sorted(store.definitions("form"), key=lambda each: (-last.index(each) if each in last else 1, each))
    for version in versions:
        try:
            form = store.form(version)
        except KeyError:
            continue
        if form.kind == "checklist":
            yield KnownForm(form, version)


def keep_form(store: Store, form: Form) -> str:
    """Hash of a form that is kept and offered to visits from now on."""
    version = store.add_form(form)
    last = [each for each in store.local("", IN_USE, []) if each != version]
    store.set_local("", IN_USE, [*last, version][-50:])
    return version


def with_forms(store: Store, materials: Materials, forms: Iterable[Form]) -> Materials | Problem:
    """What a new visit is made of with further forms beside its scheme's, which are kept; or why it cannot be."""
    known = dict(materials.forms)
    for form in forms:
        if not acts.is_form_id(form.form_id):
            return Problem("visit.form_id", parameters={"form": form.form_id})
        if form.form_id in known:
            return Problem("visit.form_there", parameters={"form": form.form_id})
        known[form.form_id] = form, keep_form(store, form)
    return materials._replace(forms=known)


def use_form(visit: Visit, form: Form) -> Recorded:
    """What came of taking a form into use beside those that the visit has: the form and all it says itself, at once.

    Nothing when the visit has this very form. Refused under a signature, with ``visit.form_there`` where it has another
    version of it, and with ``visit.form_id`` for a form whose id no entry can carry.
    """
    if visit.signed:
        return _refused("visit.signed")
    if not acts.is_form_id(form.form_id):
        return _refused("visit.form_id", form=form.form_id)
    if form.form_id in visit.state.forms:
        from assessor_tui.form.canonical import form_hash

        if form_hash(form).startswith(visit.state.forms[form.form_id]):
            return Recorded()
        return _refused("visit.form_there", form=form.form_id)
    if missing := files_missing(form):
        return Recorded(problems=missing)
    version = keep_form(visit.store, form)[:12]
    context = form_context(visit.store, visit.id, visit.today, visit.language)
    context = context._replace(last_saved=visit.last_saved(form))
    drafts = [Draft(visit.id, acts.USE_FORM, form=form.form_id, version=version)]
    drafts += first_acts(visit.id, form, version, context, visit.new_id)
    recorded = visit.keep(drafts)
    if recorded.entries:
        visit.refresh()
    return recorded


def _refused(code: str, /, **parameters: str) -> Recorded:
    return Recorded(problems=(Problem(code, Place(), parameters),))
