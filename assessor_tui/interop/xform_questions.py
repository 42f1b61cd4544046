"""The nodes of an XForm as groups, repeats and questions of the model."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from assessor_tui.form.markup import Element
from assessor_tui.form.model import GEO_TYPES, NO_TEXT, Action, Group, Question, Repeat, Text
from assessor_tui.form.model import Node as FormNode
from assessor_tui.interop.xform_binds import RUN
from assessor_tui.interop.xform_body import CONTROLS, Body, default_of
from assessor_tui.interop.xform_expressions import Expressions
from assessor_tui.interop.xform_lists import Asked, Itemset, Lists
from assessor_tui.interop.xform_notes import Notes, attribute, local, prefixed
from assessor_tui.interop.xform_texts import Shown, Texts
from assessor_tui.interop.xform_tree import Instance, Node, is_template, rows_in, walk
from assessor_tui.logic.spelling import is_expression

_TYPES: Mapping[str, str] = {
    "": "text", "string": "text", "select": "text", "select1": "text", "barcode": "text", "boolean": "text",
    "intent": "text", "anyURI": "text", "odk:rank": "text", "rank": "text", "int": "integer", "integer": "integer",
    "long": "integer", "nonNegativeInteger": "integer", "positiveInteger": "integer", "decimal": "decimal",
    "double": "decimal", "float": "decimal", "date": "date", "time": "time", "dateTime": "datetime",
    "geopoint": "geopoint", "geotrace": "geotrace", "geoshape": "geoshape", "binary": "file",
}  # fmt: skip
"""Type of a bind -> type of the question that an ``input`` asks."""

_KEPT_TYPES = frozenset(
    {"int", "integer", "decimal", "boolean", "date", "time", "dateTime", "geopoint", "geotrace", "geoshape", "binary"}
)
"""Types of a bind that are kept for calculated and hidden values."""

_PRELOADS: Mapping[tuple[str, str], str] = {
    ("timestamp", "start"): "start", ("timestamp", "end"): "end", ("date", "today"): "today",
    ("property", "username"): "username", ("property", "deviceid"): "deviceid",
    ("property", "phonenumber"): "phonenumber", ("property", "email"): "email",
    ("property", "subscriberid"): "subscriberid", ("property", "simserial"): "simserial",
    ("property", "uri:username"): "username", ("property", "uri:deviceid"): "deviceid",
    ("property", "uri:email"): "email", ("property", "uri:phonenumber"): "phonenumber",
}  # fmt: skip

_MEDIA_TYPES: Mapping[str, str] = {"image": "image", "audio": "audio", "video": "video"}
_UNKNOWN_TO_LAPTOPS = frozenset({"subscriberid", "simserial", "audit", "background-audio", "start-geopoint"})

_CONTROL_KNOWN = frozenset(
    {"ref", "nodeset", "bind", "appearance", "mediatype", "start", "end", "step", "tick-interval", "placeholder"}
)
_REPEAT_KNOWN = frozenset({"ref", "nodeset", "bind", "appearance", "count"})

_BINDS = {
    "calculation": "calculate",
    "read_only": "readonly",
    "constraint_message": "constraintMsg",
    "required_message": "requiredMsg",
}
"""Column -> attribute of a bind, where the two are called otherwise."""

_PARAMETERS: Mapping[str, str] = {
    "accuracyThreshold": "capture-accuracy", "unacceptableAccuracyThreshold": "warning-accuracy",
    "allow-mock-accuracy": "allow-mock-accuracy", "max-pixels": "max-pixels", "quality": "quality", "rows": "rows",
    "incremental": "incremental", "location-priority": "location-priority",
    "location-min-interval": "location-min-interval", "location-max-age": "location-max-age",
    "track-changes": "track-changes", "track-changes-reasons": "track-changes-reasons",
    "identify-user": "identify-user",
}  # fmt: skip
"""Attribute of a control, bind or action -> the parameter by which a workbook says it. They do nothing here."""

_RANGE = {"start": "start", "end": "end", "step": "step", "tick_interval": "tick-interval",
          "placeholder": "placeholder"}  # fmt: skip
"""Parameter of a range -> attribute of its element."""

_TRUE = ("true()", "1")
_UUID = "concat('uuid:', uuid())"


class Maker:
    """Makes the nodes of the model. Everything it reads has been gathered before."""

    def __init__(
        self,
        instance: Instance,
        texts: Texts,
        lists: Lists,
        expressions: Expressions,
        body: Body,
        asked: Mapping[Node, Asked],
        tables: Mapping[str, tuple[str, str]],
        notes: Notes,
    ) -> None:
        self.instance, self.texts, self.lists, self.expressions = instance, texts, lists, expressions
        self.body, self.asked, self.tables, self.notes = body, asked, tables, notes
        self.looks_up = False
        """True when choices are called by the id of a text that is looked up while the form is filled."""
        self._nodes: dict[str, Node] = {}
        """Path in our form -> node."""
        self._taken: set[str] = set()
        """Every name, once somebody has asked for another."""
        self._recorded: dict[Node, str] = {}
        self._recorded_by: dict[Node, Element] = {}
        for name, node, element in body.recorded:
            self._recorded[node] = name
            self._recorded_by[node] = element
            code = "xform.audio" if name == "recordaudio" else "xform.position"
            notes.warn(code, element, node.path, name=node.name)

    def where(self, path: str, column: str) -> Element | None:
        """The element of the file that a column of the question at ``path`` comes from."""
        node = self._nodes.get(path)
        if node is None:
            return None
        name = _BINDS.get(column, column)
        if name in node.binds:
            return node.binds[name][1]
        if column in ("action", "trigger") and node.actions:
            return node.actions[0][3]
        return node.control or node.element

    def children(self, node: Node, chain: str = "") -> tuple[FormNode, ...]:
        """What stands inside a node: asked ones in the order of the body, the others where they are in the file."""
        found: list[FormNode] = []
        for child in ordered(node):
            group = self.body.presented.get(child)
            text = self._shown(group.first("label"), node).text if group is not None else NO_TEXT
            if text:
                found.append(Question("note", self._heading_name(child), text))
            found.append(self._node(child, chain))
        return tuple(found)

    def _node(self, node: Node, chain: str) -> FormNode:
        path = f"{chain}/{node.unique}" if chain else node.unique
        self._nodes.setdefault(path, node)
        if node.kind == "repeat":
            return self._repeat(node, path)
        if node.kind == "group" or node.children:
            return self._group(node, chain)
        return self._question(node)

    def _heading_name(self, first: Node) -> str:
        """A name of its own for the heading before a node."""
        if not self._taken:
            self._taken = {node.unique for node in walk(self.instance.root)}
        name = f"{first.unique[:100]}.heading"
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name

    # Groups and repeats

    def _heading(self, node: Node, extra: dict[str, Any]) -> tuple[Text, Text, str]:
        """Label, hint and appearance of a group or repeat."""
        label, hint, appearance = NO_TEXT, NO_TEXT, ""
        columns: dict[str, str] = {}
        for element in (self.body.headings.get(node), node.control):
            if element is None:
                continue
            shown = self._shown(element.first("label"), node)
            label = label or shown.text
            hint = hint or self._shown(element.first("hint"), node).text
            appearance = appearance or (attribute(element, "appearance") or "").strip()
            columns |= self._columns(shown, {}, node, element)
            columns |= self._attributes(element, node, _REPEAT_KNOWN)
        if columns:
            extra["columns"] = columns
        return label, hint, appearance

    def _bound(self, node: Node) -> dict[str, Any]:
        """``relevant`` and ``read_only`` of a group or repeat."""
        for name in ("calculate", "constraint", "required"):
            if node.bind(name) not in ("", "false()"):
                self.notes.warn("xform.bind_of_group", node.binds[name][1], node.path, name=name)
        return {"relevant": self._truth(node, "relevant"), "read_only": self._truth(node, "readonly")}

    def _truth(self, node: Node, name: str) -> str:
        """An expression that is true or false; the constant that changes nothing is left out, the other is ``yes``."""
        text = self.expressions.of(node, name)
        plain = {"true()": "yes", "false()": "no"}.get("".join(text.split()), text)
        return "" if plain == ("yes" if name == "relevant" else "no") else plain

    def _group(self, node: Node, chain: str) -> Group:
        extra: dict[str, Any] = {}
        label, hint, appearance = self._heading(node, extra)
        if node.parent is self.instance.root and node.element.name == "meta" and not node.control:
            # Every form of another program has it; who writes the form again, writes it again.
            extra["generated"] = "meta"
        return Group(
            name=node.unique,
            label=label,
            children=self.children(node, chain),
            hint=hint,
            weight="1",  # what a checklist means that does not say it
            called=_called(node),
            appearance=appearance,
            extra=extra,
            **self._bound(node),
        )

    def _repeat(self, node: Node, path: str) -> Repeat:
        extra: dict[str, Any] = {}
        label, hint, appearance = self._heading(node, extra)
        element = node.control or node.element
        count = self._count(node, element)
        rows: tuple[Mapping[str, str], ...] = ()
        if node.parent is not None and not count:
            rows = tuple(self._row(node, each) for each in self._rows(node))
        if attribute(element, "noAddRemove") in _TRUE and not count:
            self.notes.warn("xform.no_add_remove", element, node.path, name=node.name)
        return Repeat(
            name=node.unique,
            label=label,
            children=self.children(node, path),
            hint=hint,
            repeat_count=count,
            called=_called(node),
            appearance=appearance,
            first_rows=rows,
            extra=extra,
            **self._bound(node),
        )

    def _count(self, node: Node, element: Element) -> str:
        """How many rows there are; ODK gives it as a reference, seen from what stands around in the body."""
        count = (attribute(element, "count") or "").strip()
        if not count:
            return ""
        around = self.body.headings.get(node)
        context = node if around is not None and attribute(around, "ref") else node.parent or node
        found, _ = self.instance.find(count, context)
        return self.expressions.ours(found.path if found is not None else count, element, context)

    def _rows(self, node: Node) -> list[Element]:
        """The rows that stand at the start, in the template of the repeat around it where there is one."""
        assert node.parent is not None
        return rows_in(node.parent.element, node.name)

    def _row(self, node: Node, element: Element) -> dict[str, str]:
        """What a row begins with where that is not what every new row begins with."""
        found: dict[str, str] = {}
        self._begins(node, element, "", found)
        return found

    def _begins(self, node: Node, element: Element, prefix: str, found: dict[str, str]) -> None:
        """Notes what stands inside ``element``, a row or group, otherwise than in the template."""
        for each in element.elements():
            child = node.children[each.written]
            if child.kind == "repeat" or is_template(each):
                continue
            if child.children:
                self._begins(child, each, prefix, found)
            elif (text := each.text.strip()) != child.value():
                found.setdefault(prefix + child.unique, text)
        for child in node.children.values():
            for number, row in enumerate(rows_in(element, child.name) if child.kind == "repeat" else ()):
                here = f"{prefix}{child.unique}[{number}]"
                inner = self._row(child, row)
                # A row that says nothing of its own is named, too.
                found.update({f"{here}/{key}": text for key, text in inner.items()} or {here: ""})

    # Questions

    def _question(self, node: Node) -> Question:
        control = node.control
        columns: dict[str, Any] = {"name": node.unique, "called": _called(node)}
        extra: dict[str, Any] = {}
        bind_type = node.bind("type").removeprefix("xsd:").removeprefix("xs:")
        if bind_type not in _TYPES:
            self.notes.warn("xform.type", node.binds["type"][1], node.path, type=bind_type)
            bind_type = ""
        columns |= self._rules(node)
        columns |= self._values(node)
        if control is None:
            columns["type"] = self._silent_type(node, columns)
            if bind_type in _KEPT_TYPES and columns["type"] in ("calculate", "hidden"):
                columns["data_type"] = bind_type
        else:
            columns["type"] = self._asked_type(node, control, bind_type, columns, extra)
            self._said(node, control, columns, extra)
        columns["parameters"] = f"{columns.get('parameters', '')} {self._parameters(node)}".strip()
        if kept := self._kept(node):
            extra["columns"] = extra.get("columns", {}) | kept
        if preload := node.bind("preload"):
            self._preload(node, preload, columns)
        return Question(extra=extra, **columns)

    def _rules(self, node: Node) -> dict[str, Any]:
        """The columns of its binds."""
        of = self.expressions.of
        columns: dict[str, Any] = {
            "relevant": self._truth(node, "relevant"),
            "required": self._truth(node, "required"),
            "read_only": self._truth(node, "readonly"),
            "constraint": of(node, "constraint"),
            "calculation": of(node, "calculate"),
        }
        output = self.expressions.output(node)
        for column, name in (("constraint_message", "constraintMsg"), ("required_message", "requiredMsg")):
            if name in node.binds:
                text, element = node.binds[name]
                columns[column] = self.texts.message(text, output, element, node.path)
        return columns

    def _values(self, node: Node) -> dict[str, Any]:
        """``default``, ``trigger`` and ``actions``: as the columns of a workbook where these say the same."""
        default = default_of(node.value())
        actions = [
            Action(on, self.expressions.ours(value, element, node), self._of(path) if path else "")
            for on, value, path, element in node.actions
        ]
        columns: dict[str, Any] = {"default": default, "actions": tuple(actions)}
        by_event = {action.on: action for action in actions}
        once = {"load", "row"} if self._repeated(node) else {"load"}
        values = {action.value for action in actions}
        if len(actions) == len(by_event) and len(values) == 1 and set(by_event) == once:
            value = actions[0].value
            if not default and value and node.control is not None:
                columns |= {"default": value if is_expression(value) else f"({value})", "actions": ()}
        elif actions and set(by_event) == {"change"} and len(values) == 1 and not node.bind("calculate"):
            names = [action.of for action in actions]
            if all(name.startswith("$") for name in names):
                columns |= {"trigger": " ".join(names), "calculation": actions[0].value, "actions": ()}
        return columns

    def _of(self, path: str) -> str:
        return self.expressions.name(self.instance.by_path[path])

    @staticmethod
    def _repeated(node: Node) -> bool:
        around = node.parent
        while around is not None and around.kind != "repeat":
            around = around.parent
        return around is not None

    def _silent_type(self, node: Node, columns: dict[str, Any]) -> str:
        if self._recorded.get(node) == "setgeopoint":
            if node in self.body.moved:
                columns["trigger"] = " ".join(self.expressions.name(each) for each in self.body.moved[node])
                return "background-geopoint"
            return "start-geopoint"
        if self._recorded.get(node) == "recordaudio":
            return "background-audio"
        if node.element.name == "audit" and node.parent is not None and node.parent.element.name == "meta":
            self.notes.warn("xform.silent", node.element, node.path, type="audit")
            return "audit"
        if node.element.name == "entity":
            self.notes.warn("xform.entities", node.element, node.path, name="entity", value="")
        return "calculate" if columns["calculation"] or columns.get("trigger") else "hidden"

    def _asked_type(
        self, node: Node, control: Element, bind_type: str, columns: dict[str, Any], extra: dict[str, Any]
    ) -> str:
        """The type of a question that somebody is asked; puts what belongs to it into ``columns``."""
        kind = CONTROLS[control.name] or _TYPES[bind_type]
        if kind in ("select_one", "select_multiple", "rank"):
            columns |= self._choices(node, control)
        elif kind == "range":
            found = {column: (attribute(control, name) or "").strip() for column, name in _RANGE.items()}
            found["tick_labelset"] = self.asked[node].instance if node in self.asked else ""
            columns["parameters"] = " ".join(f"{name}={text}" for name, text in found.items() if text)
            columns["data_type"] = bind_type if bind_type in ("int", "decimal") else "decimal"
        elif node in self.asked and kind in GEO_TYPES:
            near = self.asked[node]
            columns["parameters"] = f"reference-geometry={near.instance}"
            columns["choice_filter"] = self.expressions.ours(near.choice_filter, control, node, of_choices=True)
            self.notes.warn("xform.kept", control, node.path, name="itemset", value=near.instance)
        elif kind == "file":
            media = (attribute(control, "mediatype") or "").partition("/")[0]
            if media in _MEDIA_TYPES:
                extra["xlsform_type"] = _MEDIA_TYPES[media]
        elif bind_type == "barcode":
            extra["xlsform_type"] = "barcode"
            self.notes.warn("xform.barcode", control, node.path)
        elif control.name == "secret":
            self.notes.warn("xform.not_known", control, node.path, name=control.written)
        elif kind == "text" and bind_type == "boolean":
            columns["data_type"] = "boolean"
        if kind == "text" and columns["read_only"] == "yes" and control.name == "input" and bind_type in ("", "string"):
            asked = ("calculation", "default", "trigger", "actions", "required", "constraint")
            if not any(columns.get(column) for column in asked):
                columns["read_only"] = ""
                return "note"
        return kind

    def _choices(self, node: Node, control: Element) -> dict[str, str]:
        """List, filter and parameters of a select or rank."""
        items = list(control.elements("item"))
        if node in self.asked:
            if items:
                self.notes.warn("xform.items_beside_itemset", items[0], node.path)
            asked = self.asked[node]
            asked = asked._replace(
                choice_filter=self.expressions.ours(asked.choice_filter, control, node, of_choices=True),
                seed=self.expressions.ours(asked.seed, control, node),
            )
            found: Itemset = self.lists.itemset(asked, self.tables)
            if answers := self._answers(asked, node):
                # As a workbook says it: the answers of a question in a repeat, those that are there.
                value = f"value={asked.value} label={asked.label}"
                found = found._replace(itemset=answers, parameters=found.parameters.removesuffix(value).strip())
            if asked.instance and asked.instance not in self.lists.tables and asked.instance not in self.tables:
                self.notes.problem("xform.no_instance_of", control, node.path, id=asked.instance)
            self.looks_up = self.looks_up or "jr:itext(" in found.parameters
            return found._asdict()
        if not items:
            self.notes.warn("xform.no_items", control, node.path, name=node.name)
        return {"list_name": self.lists.inline_list(self._items(node, items), node.unique)}

    def _answers(self, asked: Asked, node: Node) -> str:
        """``${name}`` for ``/data/repeat[./name != '']`` with this name as value and label; ``""`` for any other."""
        path, _, condition = asked.nodes.partition("[")
        if asked.value != asked.label or "".join(condition.split()) not in (
            f"./{asked.value}!='']", f"{asked.value}!='']", f'./{asked.value}!=""]',
        ):  # fmt: skip
            return ""
        repeat, _ = self.instance.find(path, node)
        answered = repeat.children.get(asked.value) if repeat is not None and repeat.kind == "repeat" else None
        name = self.expressions.name(answered) if answered is not None and not answered.children else ""
        return name if name.startswith("$") else ""

    def _items(self, node: Node, items: list[Element]) -> Iterator[tuple[str, Text]]:
        seen: set[str] = set()
        for item in items:
            value = item.first("value")
            name = value.text.strip() if value is not None else ""
            if not name:
                self.notes.warn("xform.item_without_value", item, node.path)
                continue
            if name in seen:
                self.notes.warn("xform.item_twice", item, node.path, name=name)
            if len(name.split()) > 1:
                self.notes.warn("xform.item_with_space", item, node.path, name=name)
            seen.add(name)
            yield name, self._shown(item.first("label"), node).text

    def _shown(self, element: Element | None, node: Node) -> Shown:
        return self.texts.of(element, self.expressions.output(node), node.path)

    def _said(self, node: Node, control: Element, columns: dict[str, Any], extra: dict[str, Any]) -> None:
        """Puts label, hint, guidance, appearance and what is kept beside them."""
        label = self._shown(control.first("label"), node)
        hint = self._shown(control.first("hint"), node)
        columns["label"], columns["hint"] = label.text, hint.text
        columns["guidance"] = dict(hint.guidance)
        columns["appearance"] = (attribute(control, "appearance") or "").strip()
        if columns["appearance"].startswith("ex:") or re.search(r"\bsearch\s*\(", columns["appearance"]):
            self.notes.warn("xform.appearance", control, node.path, appearance=columns["appearance"][:100])
        kept = self._columns(label, hint.media, node, control) | self._attributes(control, node, _CONTROL_KNOWN)
        if kept:
            extra["columns"] = kept
        if label.other or hint.other:
            other = {f"{form}::{tag}": text for (form, tag), text in (*label.other.items(), *hint.other.items())}
            extra["further_texts"] = other
            self.notes.warn("xform.further_texts", control, node.path, forms=", ".join(sorted(other)))

    def _columns(
        self, shown: Shown, media: Mapping[tuple[str, str], str], node: Node, element: Element
    ) -> dict[str, str]:
        """Pictures, sounds and films as the columns a workbook has for them."""
        found = {}
        for (kind, tag), file in (*shown.media.items(), *media.items()):
            name = self.texts.language_names.get(tag, "")
            found[f"media::{kind}::{name}" if name else f"media::{kind}"] = file
            self.notes.warn("xform.media", element, node.path, file=file, kind=kind)
        return found

    def _attributes(self, element: Element, node: Node, known: frozenset[str]) -> dict[str, str]:
        """Attributes of a control that nothing is made of, as columns ``body::name``."""
        kept = {}
        for key, text in element.attributes.items():
            name = local(key)
            if name in known:
                continue
            self.notes.warn("xform.kept", element, node.path, name=name, value=text[:100])
            if name not in _PARAMETERS:
                kept[f"body::{prefixed(key)}"] = text
        return kept

    def _kept(self, node: Node) -> dict[str, str]:
        """Attributes of its binds that nothing is made of, as columns ``bind::name``."""
        kept = {}
        for name, (text, element) in node.binds.items():
            if name not in RUN and name not in _PARAMETERS:
                key = next(key for key in element.attributes if local(key) == name)
                kept[f"bind::{prefixed(key)}"] = text
        return kept

    def _parameters(self, node: Node) -> str:
        """Attributes that a workbook says in its column ``parameters``."""
        found = {local(key): text for key, text in node.control.attributes.items()} if node.control is not None else {}
        found |= {name: text for name, (text, _) in node.binds.items()}
        found |= (
            {local(key): text for key, text in self._recorded_by[node].attributes.items()}
            if (node in self._recorded_by)
            else {}
        )
        return " ".join(f"{column}={found[name].strip()}" for name, column in _PARAMETERS.items() if name in found)

    def _preload(self, node: Node, preload: str, columns: dict[str, Any]) -> None:
        """Makes of a preload what it is here: a type that the program fills in, or an action."""
        element = node.binds["preload"][1]
        if preload == "uid":
            if not columns["calculation"]:
                columns["actions"] = (*columns["actions"], Action("load", _UUID))
            return
        metadata = _PRELOADS.get((preload, node.bind("preloadParams")))
        if metadata is None or node.control is not None:
            told = f"{preload} {node.bind('preloadParams')}".strip()
            self.notes.warn("xform.preload", element, node.path, preload=told)
            return
        columns["type"] = metadata
        columns.pop("data_type", None)
        if metadata in _UNKNOWN_TO_LAPTOPS:
            self.notes.warn("xform.silent", element, node.path, type=metadata)


def ordered(node: Node) -> list[Node]:
    """The nodes inside, in the order in which they are asked; those that nobody asks stay behind their neighbour."""
    keyed: list[tuple[int, int, Node]] = []
    last = 0
    for child in node.children.values():
        last = child.order or last
        keyed.append((last, len(keyed), child))
    return [child for _, _, child in sorted(keyed, key=lambda each: each[:2])]


def _called(node: Node) -> str:
    return node.name if node.name != node.unique else ""
