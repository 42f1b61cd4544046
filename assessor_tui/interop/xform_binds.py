"""The binds of an XForm: what is said of each node beyond how it is asked."""

from assessor_tui.form.markup import Element
from assessor_tui.interop.xform_notes import Notes, attribute, local
from assessor_tui.interop.xform_tree import Instance

RUN = frozenset(
    {
        "calculate", "constraint", "constraintMsg", "nodeset", "preload", "preloadParams", "readonly", "relevant",
        "required", "requiredMsg", "type", "id",
    }
)  # fmt: skip
"""Attributes that something is made of. Any other is kept and named."""

_ENTITIES = ("saveto", "entities")


def read_binds(model: Element, instance: Instance, notes: Notes) -> dict[str, str]:
    """Gives every node its binds; the ``id`` of binds -> what they are of."""
    by_id: dict[str, str] = {}
    for bind in model.elements("bind"):
        nodeset = attribute(bind, "nodeset") or attribute(bind, "ref")
        if nodeset is None:
            notes.problem("xform.bind_without_nodeset", bind)
            continue
        if bind_id := attribute(bind, "id"):
            by_id.setdefault(bind_id, nodeset)
        node, _ = instance.find(nodeset, instance.root)
        if node is None and "@" in nodeset:
            code = "xform.entities" if "/entity/" in nodeset else "xform.attribute"
            notes.warn(code, bind, name=nodeset.strip()[:200])
            continue
        if node is None:
            notes.warn("xform.bind_of_nothing", bind, nodeset=nodeset.strip()[:200])
            continue
        for key, text in bind.attributes.items():
            name = local(key)
            if name in ("nodeset", "id"):
                continue
            if name in node.binds and node.binds[name][0] != text:
                notes.warn("xform.bind_twice", bind, node.path, name=name, line=str(node.binds[name][1].line))
            node.binds.setdefault(name, (text, bind))
            if name not in RUN:
                code = "xform.entities" if name in _ENTITIES else "xform.kept"
                notes.warn(code, bind, node.path, name=name, value=text[:100])
        for inner in bind.elements():
            notes.warn("xform.not_known", inner, node.path, name=inner.written)
    return by_id
