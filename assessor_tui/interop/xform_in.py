"""A form out of an ODK XForm (XML).

What runs here is read into the model; everything else is kept in ``extra`` and named in a warning with its line. The
format: https://getodk.github.io/xforms-spec, and what JavaRosa makes of forms that do not quite follow it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from assessor_tui.form.canonical import MAX_DEPTH
from assessor_tui.form.markup import Element, read_markup
from assessor_tui.form.model import NO_TEXT, TEXT_COLUMNS, Form, Node, Question, Repeat, Text
from assessor_tui.form.model import walk as walk_form
from assessor_tui.interop.imported import Imported
from assessor_tui.interop.names import plain
from assessor_tui.interop.xform_binds import read_binds
from assessor_tui.interop.xform_body import Body
from assessor_tui.interop.xform_expressions import Expressions
from assessor_tui.interop.xform_lists import Asked, Lists, asked_of
from assessor_tui.interop.xform_notes import Notes, attribute
from assessor_tui.interop.xform_questions import Maker
from assessor_tui.interop.xform_texts import Texts
from assessor_tui.interop.xform_tree import Instance, give_names, instance_of, walk
from assessor_tui.interop.xform_tree import Node as InstanceNode
from assessor_tui.problem import Problem

Files = Callable[[str], bytes | None]
"""Gives what a file of this name beside the form holds; None when there is none."""


def read_xform(data: bytes, file: str, files: Files) -> Imported:
    """The form that an XForm says. ``file`` is its name, for places; ``files`` what stands beside it.

    Never raises for what ``data`` holds: mistakes are among the problems (``markup.*``, ``xform.*``, ``form.*``).
    """
    markup = read_markup(data, file)
    if markup.root is None:
        return Imported(None, markup.problems, markup.warnings)
    notes = Notes(file)
    form = _form(markup.root, files, notes)
    warnings = (*markup.warnings, *sorted(notes.warnings, key=_line))
    if form is None or notes.problems:
        return Imported(None, tuple(sorted(notes.problems, key=_line)), warnings)
    return Imported(form, (), warnings)


def _line(problem: Problem) -> tuple[int, int]:
    return problem.place.line, problem.place.column


def _form(root: Element, files: Files, notes: Notes) -> Form | None:
    if root.name != "html":
        notes.problem("xform.not_a_form", root, name=root.written)
        return None
    head, body = root.first("head"), root.first("body")
    model = head.first("model") if head is not None else None
    if head is None or model is None:
        notes.problem("xform.no_model", head or root)
        return None
    instance = _primary(model, notes)
    if instance is None or notes.problems:
        return None
    for other in list(head.elements("model"))[1:]:
        notes.warn("xform.not_known", other, name=other.written)
    by_id = read_binds(model, instance, notes)
    reading = Body(instance, by_id, notes)
    if body is not None:
        reading.read(body)
    else:
        notes.problem("xform.no_body", root)
    for action in model.elements():
        if action.name in ("setvalue", "setgeopoint", "recordaudio"):
            reading.action(action, instance.root, None)
    if notes.problems or not _shallow(instance, notes):
        return None
    give_names(instance)
    return _made(head, model, body or root, instance, reading, files, notes)


def _primary(model: Element, notes: Notes) -> Instance | None:
    """The primary instance: the first one, which has no ``id``."""
    first = model.first("instance")
    if first is None:
        notes.problem("xform.no_instance", model)
        return None
    roots = list(first.elements())
    if len(roots) != 1:
        notes.problem("xform.roots", first, count=str(len(roots)))
        return None
    for other in list(model.elements("instance"))[1:]:
        if not attribute(other, "id") and not attribute(other, "src"):
            notes.problem("xform.two_instances", other, line=str(first.line))
    return instance_of(roots[0], notes)


def _shallow(instance: Instance, notes: Notes) -> bool:
    for node in walk(instance.root):
        if node.path.count("/") > MAX_DEPTH:
            notes.problem("xform.too_deep", node.element, node.path, depth=str(MAX_DEPTH))
            return False
    return True


def _made(
    head: Element, model: Element, body: Element, instance: Instance, reading: Body, files: Files, notes: Notes
) -> Form:
    texts = Texts(model, notes)
    lists = Lists(model, texts, files, notes)
    expressions = Expressions(instance, lists, notes)
    asked = dict(_itemsets(instance, notes))
    uses: dict[str, set[tuple[str, str]]] = {}
    for each in asked.values():
        if each.instance:
            uses.setdefault(each.instance, set()).add((each.value, each.label))
    for name, table in lists.tables.items():
        if "name" in table.columns and name not in uses:
            uses[name] = {("name", "jr:itext(itextId)" if "itextId" in table.columns else "label")}
    tables = lists.as_choices(uses, expressions.mention, expressions.output(instance.root))
    maker = Maker(instance, texts, lists, expressions, reading, asked, tables, notes)
    children = maker.children(instance.root)
    root = instance.root.element
    form_id = _form_id(root, notes.file)
    title = head.first("title")
    named = instance.by_path.get(f"{instance.root.path}/meta/instanceName")
    form = Form(
        form_id=_identifier(form_id),
        version=(attribute(root, "version") or "").strip(),
        title={texts.default: " ".join(title.text.split()) if title is not None and title.text.strip() else form_id},
        children=children,
        choices=lists.choices,
        languages=tuple(texts.languages),
        root=instance.root.name,
        instance_name=expressions.of(named, "calculate") if named is not None else "",
        instances=lists.tables | expressions.pulled(files),
        extra=_extra(form_id, model, body, root, expressions.itext(texts, maker.looks_up), texts.language_names, notes),
    )
    _missing_texts(form, maker, notes)
    return _running(form, maker, notes)


def _itemsets(instance: Instance, notes: Notes) -> Iterator[tuple[InstanceNode, Asked]]:
    for node in walk(instance.root):
        element = node.control.first("itemset") if node.control is not None and node.kind == "question" else None
        if element is None:
            continue
        asked = asked_of(element)
        if asked is None:
            nodeset = (attribute(element, "nodeset") or "").strip()
            notes.problem("xform.itemset", element, node.path, nodeset=nodeset[:200])
        else:
            yield node, asked


def _form_id(root: Element, file: str) -> str:
    """What other programs know the form by: its id, else its own namespace, else a name that is not everybody's."""
    stem = file.replace("\\", "/").rpartition("/")[2].partition(".")[0]
    namespace = "" if root.namespace == "http://www.w3.org/2002/xforms" else root.namespace
    return (attribute(root, "id") or "").strip() or namespace or (root.name if root.name != "data" else stem) or "form"


def _identifier(form_id: str) -> str:
    """The id in the letters an id of ours may hold."""
    return form_id if plain(form_id) == form_id else plain(re.sub(r"[\s:/]+", "_", form_id.strip()))


_SUBMISSION = {"action": "submission_url", "base64RsaPublicKey": "public_key", "auto-send": "auto_send",
               "auto-delete": "auto_delete"}  # fmt: skip
"""Attribute of ``submission`` -> column of the sheet settings."""


def _extra(
    form_id: str,
    model: Element,
    body: Element,
    root: Element,
    itext: Mapping[str, Mapping[str, str]],
    language_names: Mapping[str, str],
    notes: Notes,
) -> dict[str, object]:
    extra: dict[str, object] = {}
    settings: dict[str, str] = {}
    if _identifier(form_id) != form_id:
        settings["form_id"] = form_id
    if style := attribute(body, "class"):
        settings["style"] = style
        notes.warn("xform.kept", body, name="class", value=style)
    for submission in model.elements("submission"):
        for key, text in submission.attributes.items():
            if column := _SUBMISSION.get(key.rpartition("}")[2]):
                settings[column] = text
        code = "xform.encrypted" if attribute(submission, "base64RsaPublicKey") else "xform.submission"
        notes.warn(code, submission)
    for key in root.attributes:
        if key.rpartition("}")[2] not in ("id", "version", "uiVersion"):
            notes.warn("xform.attribute", root, name=key.rpartition("}")[2])
    known = ("instance", "bind", "itext", "submission", "setvalue", "setgeopoint", "recordaudio")
    for element in model.elements():
        if element.name not in known:
            notes.warn("xform.not_known", element, name=element.written)
    if settings:
        extra["settings"] = settings
    if language_names:
        extra["language_names"] = dict(language_names)
    if itext:
        extra["itext"] = itext
    return extra


def _missing_texts(form: Form, maker: Maker, notes: Notes) -> None:
    """Nothing; notes each text that some languages of the form have and others do not."""
    if len(form.languages) < 2:
        return
    for path, node in walk_form(form.children):
        for column in TEXT_COLUMNS:
            text: Text = getattr(node, column, NO_TEXT)
            for language in form.languages if text else ():
                if language not in text:
                    at = maker.where("/".join((*path, node.name)), column)
                    notes.warn("import.missing_text", at, node.name, language=language, column=column)
    for name, choices in form.choices.items():
        for choice in choices:
            for language in form.languages if choice.label else ():
                if language not in choice.label:
                    told = f"{name}: {choice.name}"
                    notes.warn("import.missing_text", None, f"choices/{name}", language=language, column=told)


_USELESS = frozenset({"form.expression", "form.expression_too_deep", "form.expression_too_long"})
"""Expressions that nothing can be made of are left out, kept beside the question and told as warnings."""
_EXPRESSIONS = {
    **dict.fromkeys(("relevant", "required", "constraint", "default", "choice_filter", "repeat_count")),
    **{"read_only": "readonly", "calculation": "calculation"},
}
"""Column -> heading of a workbook under which it is kept, where that is another."""


def _running(form: Form, maker: Maker, notes: Notes) -> Form:
    """The form without the expressions that are no use; notes what is wrong with them, at their lines."""
    from assessor_tui.logic.compile import compile_form

    useless: dict[str, set[str]] = {}
    for problem in compile_form(form).problems:
        if problem.code == "form.file_missing":
            continue  # told where the file is named
        told: Mapping[str, str] = problem.parameters
        column, path = told.get("column", ""), problem.place.path
        note, code = notes.warn, problem.code
        if code == "form.cycle":
            first, _, rest = told["cycle"].partition(" → ")
            if column == "relevant" and first == rest:  # other programs ask such a question, too
                code, told = "import.self_relevant", {"cycle": first}
            else:
                note = notes.problem
        elif code in _USELESS and column in _EXPRESSIONS:
            useless.setdefault(path, set()).add(column)
        note(code, maker.where(path, column), path, **told)
    return form._replace(children=_without(form.children, "", useless)) if useless else form


def _without(children: tuple[Node, ...], chain: str, useless: Mapping[str, set[str]]) -> tuple[Node, ...]:
    """The nodes with the expressions that are no use moved to where they are only kept."""
    found: list[Node] = []
    for node in children:
        path = f"{chain}{node.name}"
        if columns := useless.get(path):
            kept = {_EXPRESSIONS[column] or column: getattr(node, column) for column in sorted(columns)}
            extra = {**node.extra, "columns": {**node.extra.get("columns", {}), **kept}}
            changed: dict[str, Any] = {**dict.fromkeys(columns, ""), "extra": extra}
            if isinstance(node, Question) and node.type == "calculate" and "calculation" in columns:
                changed |= {"type": "hidden", "extra": {"xlsform_type": "calculate", **extra}}
            node = node._replace(**changed)
        if not isinstance(node, Question):
            inside = f"{path}/" if isinstance(node, Repeat) else chain
            node = node._replace(children=_without(node.children, inside, useless))
        found.append(node)
    return tuple(found)
