"""The forms and schemes that a new visit can be made of, read from their files into the ledger."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import ClassVar

from assessor_tui.form.model import Form, questions
from assessor_tui.form.scheme import Scheme
from assessor_tui.i18n import N_
from assessor_tui.problem import Place, Problem
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Materials

_KNOWN = "materials"
FINDINGS = "findings.yaml"
OWN_CHECKLISTS = "own_checklists"
"""Folder among the shipped forms, and id, of the scheme of visits that hold only forms which the team brings along."""


class MaterialsWrong(Exception):
    """Forms or schemes have mistakes; nothing was taken from them."""

    message: ClassVar[str] = N_("The forms in {folder} have mistakes: {count}. Check them with “assessor form check”.")
    exit_code: ClassVar[int] = 3

    def __init__(self, folder: Path, problems: tuple[Problem, ...]) -> None:
        super().__init__(str(folder))
        self.problems = problems
        self.parameters = {"folder": str(folder), "count": str(len(problems))}


def own_checklists(store: Store, forms: Path) -> Materials:
    """What a visit without any scheme of ours is made of: its header and the findings; kept in the ledger.

    ``forms`` is the folder that the program ships.
    """
    folder = forms / OWN_CHECKLISTS
    files = {
        file.name: file.read_bytes() for file in (folder / "scheme.yaml", folder / "header.yaml", forms / FINDINGS)
    }
    digest = hashlib.sha256(b"\0".join(files.values())).hexdigest()
    known = store.local("", OWN_CHECKLISTS, {})
    if known.get("digest") != digest:
        known = {"digest": digest, **_read(store, folder, files)}
        store.set_local("", OWN_CHECKLISTS, known)
    held = {name: (store.form(version), version) for name, version in known["forms"].items()}
    (version,) = known["schemes"]
    return Materials(store.scheme(version), version, held)


def load_materials(store: Store, folder: Path) -> list[Materials]:
    """Every scheme of ``folder`` with the forms it needs, kept in the ledger; by scheme id.

    The files are read (and checked) only when they have changed since the last time.

    Raises:
        MaterialsWrong: with every mistake in the files.
    """
    files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.yaml"))}
    read = hashlib.sha256(b"".join(name.encode() + b"\0" + data + b"\0" for name, data in files.items()))
    read.update("".join(_lists(folder)).encode())
    digest = read.hexdigest()
    known = store.local("", _KNOWN, {})
    if known.get("digest") != digest:
        known = {"digest": digest, **_read(store, folder, files)}
        store.set_local("", _KNOWN, known)
    forms: dict[str, tuple[Form, str]] = {}
    for name, version in known["forms"].items():
        forms[name] = (store.form(version), version)
    return [_materials(store.scheme(version), version, forms) for version in known["schemes"]]


def _lists(folder: Path) -> Iterator[str]:
    """A word for each file that may be a form's list, another one when it has changed."""
    for ending in ("csv", "geojson", "xml"):
        for file in sorted(folder.glob(f"*.{ending}")):
            stat = file.stat()
            yield f"{file.name}\0{stat.st_size}\0{stat.st_mtime_ns}\0"


def _read(store: Store, folder: Path, files: dict[str, bytes]) -> dict[str, object]:
    from assessor_tui.form.read import is_scheme, read_form, read_scheme  # pydantic and yaml stay off the start path
    from assessor_tui.interop.choice_files import lists_beside
    from assessor_tui.logic.compile import compile_form
    from assessor_tui.logic.usable import hinders

    lists = lists_beside(folder)
    problems: list[Problem] = []
    forms: dict[str, Form] = {}
    schemes: dict[str, Scheme] = {}
    for name, data in files.items():
        if is_scheme(data):
            scheme, found = read_scheme(data, name)
            if scheme is not None:
                schemes[name] = scheme
        else:
            form, found = read_form(data, name, lists)
            if form is not None:
                forms[name] = form
                found = found or tuple(
                    problem._replace(place=problem.place._replace(file=name))
                    for problem in compile_form(form).problems
                    if hinders(form, problem)
                )
        problems += found
    if not problems:
        problems += mismatches(schemes, forms)
    if problems:
        raise MaterialsWrong(folder, tuple(problems))
    with store.together():
        return {
            "forms": {form.form_id: store.add_form(form) for form in forms.values()},
            "schemes": [store.add_scheme(each) for each in sorted(schemes.values(), key=lambda each: each.scheme_id)],
        }


def mismatches(schemes: Mapping[str, Scheme], forms: Mapping[str, Form]) -> Iterator[Problem]:
    """What does not fit between schemes and forms, both by file name: a form twice, or none; a question that is none.

    Codes ``scheme.form_id_twice``, ``scheme.unknown_form``, ``scheme.unknown_question``, ``scheme.size_choices``.
    """
    first: dict[str, str] = {}
    for name, form in forms.items():
        if first.setdefault(form.form_id, name) != name:
            said = {"form": form.form_id, "first": first[form.form_id]}
            yield Problem("scheme.form_id_twice", Place(name), said)
    asked = {form.form_id: {path for path, _ in questions(form)} for form in forms.values()}
    for name, scheme in schemes.items():
        needed = [scheme.header_form, scheme.findings_form]
        needed += [use.form for category in scheme.categories for use in category.forms]
        for form_id in dict.fromkeys(needed):
            if form_id not in asked:
                yield Problem("scheme.unknown_form", Place(name), {"form": form_id})
        paths = [path for check in scheme.cross_checks for path in (check.left, check.right)]
        named = [scheme.category_question, scheme.size_question, scheme.size_number]
        for path in dict.fromkeys([each for each in named if each] + paths):
            form_id, _, question = path.partition("/")
            if form_id not in asked or question not in asked[form_id]:
                yield Problem("scheme.unknown_question", Place(name), {"value": path})
        yield from _size_mismatch(name, scheme, forms.values())


def _size_mismatch(name: str, scheme: Scheme, forms: Iterable[Form]) -> Iterator[Problem]:
    """That the question about the size offers anything but the sizes."""
    form_id, _, path = scheme.size_question.partition("/")
    sizes = [size.name for size in scheme.sizes]
    for form in forms:
        for at, question in questions(form) if form.form_id == form_id else ():
            choices = [choice.name for choice in form.choices.get(question.list_name, ())]
            if at == path and sorted(choices) != sorted(sizes):
                told = {"value": scheme.size_question, "choices": ", ".join(choices), "sizes": ", ".join(sizes)}
                yield Problem("scheme.size_choices", Place(name), told)


def _materials(scheme: Scheme, version: str, forms: dict[str, tuple[Form, str]]) -> Materials:
    needed = {scheme.header_form, scheme.findings_form}
    needed.update(use.form for category in scheme.categories for use in category.forms)
    return Materials(scheme, version, {name: forms[name] for name in forms if name in needed})
