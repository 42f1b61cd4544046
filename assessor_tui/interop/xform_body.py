"""The body of an XForm: which node each control asks, what is repeated, and what sets values."""

from collections.abc import Mapping

from assessor_tui.form.markup import Element
from assessor_tui.interop.xform_notes import Notes, attribute
from assessor_tui.interop.xform_tree import Instance, Node, walk
from assessor_tui.logic.spelling import is_expression, quoted

CONTROLS: Mapping[str, str] = {
    "input": "", "secret": "", "select": "select_multiple", "select1": "select_one", "rank": "rank",
    "trigger": "acknowledge", "range": "range", "upload": "file",
}  # fmt: skip
"""Element -> type of its question; ``""``: as the type of its bind says."""

ACTIONS = frozenset({"setvalue", "setgeopoint", "recordaudio"})
_SAID = frozenset({"label", "hint", "value", "item", "itemset"})
"""Parts of a control that are read with it."""

_EVENTS: Mapping[str, tuple[str, str]] = {
    "odk-instance-first-load": ("load", ""),
    "odk-instance-load": ("load", "xform.every_load"),
    "xforms-ready": ("load", "xform.every_load"),
    "jr-insert": ("row", ""),
    "odk-new-repeat": ("row", ""),
    "xforms-value-changed": ("change", ""),
}
"""Event -> what of ours it is, and the warning it earns."""


class Body:
    """What the body says of the nodes; everything stands in the nodes themselves."""

    __slots__ = ("by_id", "count", "headings", "instance", "moved", "notes", "presented", "recorded")

    def __init__(self, instance: Instance, by_id: Mapping[str, str], notes: Notes) -> None:
        self.instance, self.by_id, self.notes = instance, by_id, notes
        self.count = 0
        self.headings: dict[Node, Element] = {}
        """Group around a repeat, and of the same node -> its element: it holds the heading."""
        self.presented: dict[Node, Element] = {}
        """First thing asked in a group that stands for no node -> the group: it holds a heading."""
        self.recorded: list[tuple[str, Node, Element]] = []
        """``setgeopoint`` and ``recordaudio`` with what they fill."""
        self.moved: dict[Node, list[Node]] = {}
        """What a ``setgeopoint`` fills -> the questions with whose change it does."""

    def read(self, body: Element) -> None:
        """Nothing; walks through the body."""
        self._inside(body, self.instance.root)
        for node in walk(self.instance.root):
            if node.many and node.kind != "repeat":
                # Nobody repeats it, yet expressions see all of it.
                self.notes.warn("xform.several", node.element, node.path, name=node.name)
                if node.children:
                    node.kind = "repeat"

    def _inside(self, element: Element, context: Node) -> None:
        for part in element.elements():
            if part.name in CONTROLS:
                self._control(part, context)
            elif part.name == "group":
                self._group(part, context)
            elif part.name == "repeat":
                self._repeat(part, context)
            elif part.name in ACTIONS:
                self.action(part, context, None)
            elif part.name not in _SAID:
                self.notes.warn("xform.not_known", part, context.path, name=part.written)

    def node(self, element: Element, context: Node, *names: str) -> tuple[Node | None, str]:
        """The node that a control, group or action names, and its predicates; notes when there is none."""
        reference = next((text for name in names if (text := attribute(element, name))), None)
        by_bind = attribute(element, "bind")
        if reference is None and by_bind is not None:
            reference = self.by_id.get(by_bind)
            if reference is None:
                self.notes.problem("xform.no_bind", element, context.path, id=by_bind)
                return None, ""
        if reference is None:
            return None, ""
        found, predicates = self.instance.find(reference, context)
        if found is None:
            self.notes.problem("xform.no_node", element, context.path, reference=reference.strip()[:200])
        return found, predicates

    def _order(self, node: Node) -> None:
        around: Node | None = node
        self.count += 1
        while around is not None and not around.order:
            around.order = self.count
            around = around.parent

    def _control(self, element: Element, context: Node) -> None:
        node, _ = self.node(element, context, "ref", "nodeset")
        if node is None:
            if attribute(element, "ref") is None and attribute(element, "bind") is None:
                self.notes.warn("xform.control_without_node", element, context.path, name=element.written)
            return
        if node.kind in ("group", "repeat") or node.children:
            self.notes.problem("xform.control_of_group", element, node.path, name=node.name)
            return
        if node.control is not None:
            self.notes.warn("xform.asked_twice", element, node.path, name=node.name, line=str(node.control.line))
            return
        node.kind, node.control = "question", element
        self._order(node)
        for part in element.elements():
            if part.name in ACTIONS:
                self.action(part, node.parent or node, node)
            elif part.name not in _SAID:
                self.notes.warn("xform.not_known", part, node.path, name=part.written)

    def _group(self, element: Element, context: Node) -> None:
        node, _ = self.node(element, context, "ref", "nodeset")
        inner = next(element.elements("repeat"), None)
        if inner is not None:
            repeated, _ = self.instance.find(attribute(inner, "nodeset") or attribute(inner, "ref") or "", context)
            if repeated is not None and (node is None or node is repeated):
                # The group that only carries the heading of a repeat.
                self.headings.setdefault(repeated, element)
                self._inside(element, repeated if node is not None else context)
                return
        if node is None:
            self._presented(element, context)
            return
        if node.kind == "question":
            self.notes.problem("xform.control_of_group", element, node.path, name=node.name)
            return
        if not node.kind:
            node.kind, node.control = "group", element
            self._order(node)
        self._inside(element, node)

    def _presented(self, element: Element, context: Node) -> None:
        """A group that stands for no node: its heading goes before the first question inside it."""
        before = self.count
        self._inside(element, context)
        if element.first("label") is None and not attribute(element, "appearance"):
            return
        first = next((child for child in context.children.values() if child.order == before + 1), None)
        self.notes.warn("xform.group_without_node", element, context.path)
        if first is not None and first not in self.presented:
            self.presented[first] = element

    def _repeat(self, element: Element, context: Node) -> None:
        node, _ = self.node(element, context, "nodeset", "ref")
        if node is None or node is self.instance.root:
            if node is not None or not (attribute(element, "nodeset") or attribute(element, "ref")):
                self.notes.problem("xform.repeat_without_node", element, context.path)
            return
        if node.kind == "question" or (node.kind == "repeat" and node.control is not None):
            self.notes.problem("xform.asked_twice", element, node.path, name=node.name, line=str(element.line))
            return
        node.kind, node.control = "repeat", element
        self._order(node)
        self._inside(element, node)

    # Actions

    def action(self, element: Element, context: Node, control: Node | None) -> None:
        """Nothing; notes what an action sets, and when."""
        target, predicates = self.node(element, context, "ref", "bind")
        if target is None:
            if "@" in (attribute(element, "ref") or ""):
                self.notes.problems.pop()
                self.notes.warn("xform.attribute_set", element, context.path, name=element.written)
            return
        if target.children or target.kind in ("group", "repeat"):
            self.notes.warn("xform.action_on_group", element, target.path, name=element.written)
            return
        if element.name != "setvalue":
            events = () if control is None else (attribute(element, "event") or "").split()
            self.recorded.append((element.name, target, element))
            if "xforms-value-changed" in events and control is not None:
                self.moved.setdefault(target, []).append(control)
            return
        value = self._value(element)
        if predicates:
            place = _place(predicates)
            if not place:
                self.notes.warn("xform.action_on_some", element, target.path, predicates=predicates[:200])
                return
            value = f"if(position(..) = {place}, {value or repr('')}, .)"
        for event in (attribute(element, "event") or "").split() or ("",):
            if event not in _EVENTS:
                self.notes.warn("xform.event", element, target.path, event=event)
                continue
            on, warning = _EVENTS[event]
            if warning:
                self.notes.warn(warning, element, target.path, event=event)
            if on == "change" and control is None:
                self.notes.warn("xform.event_of_nothing", element, target.path, event=event)
                continue
            target.actions.append((on, value, control.path if on == "change" and control else "", element))

    def _value(self, element: Element) -> str:
        value = attribute(element, "value")
        if value is not None and value.strip():
            return value.strip()
        return quoted(element.text) if element.text else ""


def _place(predicates: str) -> str:
    """The expression of the row in ``[position() = 3]`` or ``[3]``; ``""`` for any other condition."""
    inside = predicates[1:-1].strip()
    if "[" in inside:
        return ""
    if inside.isdigit():
        return inside
    name, equals, place = inside.partition("=")
    return place.strip() if equals and "".join(name.split()) == "position()" and "position" not in place else ""


def default_of(text: str) -> str:
    """The column ``default`` that means this text as it stands."""
    return quoted(text) if is_expression(text) else text
