"""The forms and schemes that a new visit can be made of, read from their files into the ledger."""

import hashlib
from pathlib import Path
from typing import ClassVar

from assessor_tui.form.model import Form
from assessor_tui.form.scheme import Scheme
from assessor_tui.i18n import N_
from assessor_tui.problem import Problem
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Materials

_KNOWN = "materials"


class MaterialsWrong(Exception):
    """Forms or schemes have mistakes; nothing was taken from them."""

    message: ClassVar[str] = N_("The forms in {folder} have mistakes: {count}. Check them with “assessor form check”.")
    exit_code: ClassVar[int] = 3

    def __init__(self, folder: Path, problems: tuple[Problem, ...]) -> None:
        super().__init__(str(folder))
        self.problems = problems
        self.parameters = {"folder": str(folder), "count": str(len(problems))}


def load_materials(store: Store, folder: Path) -> list[Materials]:
    """Every scheme of ``folder`` with the forms it needs, kept in the ledger; by scheme id.

    The files are read (and checked) only when they have changed since the last time.

    Raises:
        MaterialsWrong: with every mistake in the files.
    """
    files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.yaml"))}
    digest = hashlib.sha256(b"".join(name.encode() + b"\0" + data + b"\0" for name, data in files.items())).hexdigest()
    known = store.local("", _KNOWN, {})
    if known.get("digest") != digest:
        known = {"digest": digest, **_read(store, folder, files)}
        store.set_local("", _KNOWN, known)
    forms: dict[str, tuple[Form, str]] = {}
    for name, version in known["forms"].items():
        forms[name] = (store.form(version), version)
    return [_materials(store.scheme(version), version, forms) for version in known["schemes"]]


def _read(store: Store, folder: Path, files: dict[str, bytes]) -> dict[str, object]:
    from assessor_tui.form.read import is_scheme, read_form, read_scheme  # pydantic and yaml stay off the start path

    problems: list[Problem] = []
    forms: list[Form] = []
    schemes: list[Scheme] = []
    for name, data in files.items():
        if is_scheme(data):
            scheme, found = read_scheme(data, name)
            schemes += [scheme] if scheme is not None else []
        else:
            form, found = read_form(data, name)
            forms += [form] if form is not None else []
        problems += found
    if problems:
        raise MaterialsWrong(folder, tuple(problems))
    with store.together():
        return {
            "forms": {form.form_id: store.add_form(form) for form in forms},
            "schemes": [store.add_scheme(scheme) for scheme in sorted(schemes, key=lambda each: each.scheme_id)],
        }


def _materials(scheme: Scheme, version: str, forms: dict[str, tuple[Form, str]]) -> Materials:
    needed = {scheme.header_form, scheme.findings_form}
    needed.update(use.form for category in scheme.categories for use in category.forms)
    return Materials(scheme, version, {name: forms[name] for name in forms if name in needed})
