"""The canonical assessment: everything a visit says, as plain JSON data that is the same on every laptop.

It is a function of the entries, the forms and the scheme alone. No clock, no language of a person, no path and no
program version enters it, so whoever holds the same entries computes the same bytes; ``digest`` is what a signature
fixes. Numbers stand as exact fractions with a decimal beside them, times in Hong Kong time.
"""

import hashlib
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from assessor_tui.assess.checks import Checked, cross_checks
from assessor_tui.assess.decimals import decimal_text
from assessor_tui.assess.flows import FlowChart, flow_charts
from assessor_tui.assess.left import demands_at, is_demanded
from assessor_tui.assess.score import Gate, Interval, Part, Score, score
from assessor_tui.assess.sizes import extent_of, size_of
from assessor_tui.form.canonical import form_hash
from assessor_tui.form.model import (
    LANGUAGES,
    LIST_TYPES,
    RANK,
    SILENT_TYPES,
    Form,
    Question,
    Repeat,
    Text,
    in_language,
)
from assessor_tui.form.scheme import Category, Scheme
from assessor_tui.ledger.clock import hong_kong_time
from assessor_tui.ledger.entry import (
    ADD_ROW,
    JOIN_ROWS,
    REMOVE_ROW,
    ROWS,
    SETTLE,
    STATE,
    Entry,
    canonical_json,
    generic_path,
)
from assessor_tui.ledger.signature import digest_of, signed_over
from assessor_tui.ledger.state import SLOT_OF, Conflict, Head, VisitState, agree, device_letters, row_paths, status_of
from assessor_tui.ledger.typed import shown_text
from assessor_tui.ledger.undo import said_first, sides_of
from assessor_tui.ledger.value import Evidence, Quantity, Value, names, to_json
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.filling import Filling, Item, QuestionState
from assessor_tui.logic.visits import visit_context
from assessor_tui.units import units

SCHEMA_VERSION = "1.0.0"
"""Semantic version of the shape; ``docs/assessment.schema.json`` is its published description."""

TIME_ZONE = "Asia/Hong_Kong"

SIGNATURE = "signature"
"""The one part that the digest leaves out: it holds the digest."""

_PLACES = 6
_INTERNAL = "internal"
"""Column of a question that only the team and reviewers may read."""

Data = dict[str, Any]


def assessment(visit: str, scheme: Scheme, forms: Mapping[str, Form], state: VisitState, today: str) -> Data:
    """Everything the visit says, as JSON data: texts, lists, mappings, true and whole numbers; no floats, no nulls.

    Args:
        visit: its id.
        scheme: the scheme it was opened under.
        forms: form id -> form, in walking order.
        state: what its entries say.
        today: the visit's date, ISO 8601.
    """
    return _Assessment(visit, scheme, forms, state, today).data()


def digest(data: Mapping[str, Any]) -> str:
    """SHA-256 (64 hexadecimal digits) of the assessment's canonical JSON without its signature."""
    return hashlib.sha256(canonical_json({key: part for key, part in data.items() if key != SIGNATURE})).hexdigest()


def for_site(data: Mapping[str, Any]) -> Data:
    """The assessment as the site may read it: without score, points, gates, conflicts, notes and comments.

    A disputed answer reads as not yet given; questions marked ``internal`` and withdrawn findings are left out.
    """
    items = {form["form"]: _site_items(form) for form in data["forms"]}
    header, findings = data["header"]["form"], data["findings"]["form"]
    return {
        **_without(data, _NOT_FOR_SITE),
        "audience": "site",
        "scheme": _without(data["scheme"], {"parameters"}),
        "category": _without(data["category"], {"levels"}),
        "forms": [{**_without(form, {"counts", "weight"}), "items": items[form["form"]]} for form in data["forms"]],
        "header": _table(header, items.get(header, ())),
        "findings": _table(findings, items.get(findings, ())),
        "not_applicable": _with_status(items, "not applicable"),
        "to_come": _with_status(items, "to come"),
        "history": _without(data["history"], {"acts", "people"}),
    }


def _without(data: Mapping[str, Any], names: Container[str]) -> Data:
    return {key: part for key, part in data.items() if key not in names}


_NOT_FOR_SITE = frozenset({"score", "conflicts", "changed_by_someone_else", "jots", SIGNATURE})
_NOT_FOR_SITE_OF_ITEM = frozenset({"points", "gate", "notes", "comments", "disputed", "problems", "demands"})
_SPOKEN_REASONS = frozenset({"not applicable", "to come"})
"""States whose reason was given to be told. Reasons of other answers say why somebody was overruled."""


def _site_items(form: Mapping[str, Any]) -> list[Data]:
    gone = tuple(f"{path}/" for path in _withdrawn(form["items"]))
    found = []
    for item in form["items"]:
        if item.get(_INTERNAL) or f"{item['path']}/".startswith(gone or ("\0",)):
            continue
        shared = _without(item, _NOT_FOR_SITE_OF_ITEM)
        if item.get("disputed"):
            shared = {**_without(shared, {"value", "text", "why", "said"}), "status": "missing"}
        elif item.get("status") not in _SPOKEN_REASONS:
            shared.pop("why", None)
        found.append(shared)
    return found


def _withdrawn(items: Iterable[Mapping[str, Any]]) -> list[str]:
    return [
        item["path"].rpartition("/")[0]
        for item in items
        if item["kind"] == "question" and item.get("value") == ["withdrawn"] and item["path"].endswith("]/status")
    ]


class _Assessment:
    """What the parts of one assessment are computed from."""

    def __init__(self, visit: str, scheme: Scheme, forms: Mapping[str, Form], state: VisitState, today: str) -> None:
        self.visit, self.scheme, self.forms, self.state, self.today = visit, scheme, forms, state, today
        # Fillings of our own, one per language: rows name themselves in the language of their filling, and nothing
        # here may depend on the language somebody happens to read in.
        self.spoken = {form: self._spoken(form) for form in forms}
        self.fillings = {form: spoken[LANGUAGES[0]] for form, spoken in self.spoken.items()}
        chosen = self._chosen_category()
        self.stated = chosen is not None
        self.category: Category = chosen or scheme.categories[0]
        self.extent = extent_of(scheme, self.category, self._header)
        self.score: Score = score(scheme, self.category.name, self.fillings, state)
        self.gates = {(gate.form, gate.path, gate.limiting): gate for gate in self.score.gates}
        self.parts = {(part.form, part.path): part for part in _leaves(self.score.root)}

    def _spoken(self, form: str) -> dict[str, Filling]:
        compiled = compile_form(self.forms[form])
        rows, answers = self.state.rows(form), self.state.answers(form)
        found = {}
        for language in LANGUAGES:
            found[language] = Filling(compiled, visit_context(self.today, language, self.visit))
            found[language].load(rows, answers)
        return found

    def _chosen_category(self) -> Category | None:
        form, _, path = self.scheme.category_question.partition("/")
        standing = self.state.standing(form, path)
        chosen = names(standing.value) if standing is not None else ()
        return next((each for each in self.scheme.categories if each.name in chosen), None)

    def data(self) -> Data:
        opening = self.state.opening
        items = {form: list(self._items(form)) for form in self.forms}
        return {
            "schema_version": SCHEMA_VERSION,
            "audience": "review",
            "time_zone": TIME_ZONE,
            "visit": {
                "id": self.visit,
                "kind": " ".join(names(opening.value)) or "assessment",
                "date": self.today,
                "opened": _said(opening),
                **self._size(),
            },
            "scheme": self._scheme(),
            "category": self._category(),
            "forms": [self._form(form, items[form]) for form in self.forms],
            "header": _table(self.scheme.header_form, items.get(self.scheme.header_form, ())),
            "findings": _table(self.scheme.findings_form, items.get(self.scheme.findings_form, ())),
            "score": self._score(),
            "flows": [
                self._flow_chart(chart)
                for form, filling in self.fillings.items()
                for chart in flow_charts(self.forms[form], filling)
            ],
            "cross_checks": [_cross_check(each) for each in cross_checks(self.scheme, self.fillings)],
            "not_applicable": _with_status(items, "not applicable"),
            "to_come": _with_status(items, "to come"),
            "conflicts": {
                "open": [self._conflict(each) for each in self.state.conflicts.values()],
                "settled": list(self._settled()),
            },
            "changed_by_someone_else": [
                _pruned({
                    "form": entry.form, "path": entry.path, "act": entry.act, "why": entry.why, "said": _said(entry),
                })
                for _, entry in self.state.changed_by_someone_else()
            ],
            "jots": [_noted(entry) for _, entry in self.state.jots()],
            "history": self._history(),
            SIGNATURE: self._signature(),
        }  # fmt: skip

    def _size(self) -> Data:
        """How long the visit is and what it asks; nothing under a scheme without sizes, whose digests stand already."""
        size = size_of(self.scheme, self._header)
        if size is None:
            return {}
        return {"size": {"name": size.name, "label": dict(size.label), "asks": self.extent.asks}}

    def _is_demanded(self, now: QuestionState) -> bool:
        return is_demanded(now, full=self.extent.full)

    def _header(self, path: str) -> Value | None:
        standing = self.state.standing(self.scheme.header_form, path)
        return standing.value if standing is not None else None

    # What it was assessed by.

    def _scheme(self) -> Data:
        scheme = self.scheme
        return {
            "scheme": scheme.scheme_id,
            "version": scheme.version,
            "hash": form_hash(scheme),
            "title": dict(scheme.title),
            "status": scheme.status,
            "parameters": [
                _pruned({
                    "name": each.name, "label": dict(each.label), "value": each.value,
                    "status": each.status, "source": each.source,
                })
                for each in scheme.parameters.values()
            ],
        }  # fmt: skip

    def _category(self) -> Data:
        return {
            "name": self.category.name,
            "label": dict(self.category.label),
            "stated": self.stated,
            "levels": [
                _pruned({
                    "name": level.name, "label": dict(level.label), "parameter": level.at_least,
                    "at_least": self._limit(level.at_least), "limiting": level.limiting,
                })
                for level in self.category.levels
            ],
        }  # fmt: skip

    def _limit(self, parameter: str) -> str:
        found = self.scheme.parameters.get(parameter)
        return found.value if found is not None else ""

    def _form(self, form: str, items: list[Data]) -> Data:
        asked = self.forms[form]
        weight = next((use.weight for use in self.category.forms if use.form == form), "")
        counts = Counter(
            "not asked" if item.get("left_out") else item["status"]
            for item in items
            if item["kind"] == "question" and item["type"] not in SILENT_TYPES
        )
        counts["disputed"] = sum(bool(item.get("disputed")) for item in items)
        return _pruned({
            "form": form,
            "version": asked.version,
            "hash": form_hash(asked),
            "number": asked.number,
            "kind": asked.kind,
            "title": dict(asked.title),
            "weight": weight,
            "status": asked.scoring.status,
        }) | {
            "counts": {
                **{key: counts[key] for key in ("answered", "missing", "not applicable", "to come", "disputed")},
                **({"not asked": counts["not asked"]} if counts["not asked"] else {}),
            },
            "items": items,
        }  # fmt: skip

    # What was asked and answered.

    def _items(self, form: str) -> Iterator[Data]:
        for item in self.fillings[form].items():
            if item.kind == "question":
                yield self._question(form, item)
            else:
                yield self._heading(form, item)

    def _heading(self, form: str, item: Item) -> Data:
        node = item.node
        data = {"kind": item.kind, "path": item.path, "depth": item.depth, "number": getattr(node, "number", "")}
        if item.kind == "row":
            assert isinstance(node, Repeat)
            data["number"] = self.state.row_number(form, item.path, node.row_letter)
            data["label"] = self._row_label(form, item.path)
        else:
            data["label"] = self._label(form, item.path)
        return _pruned(data | self._sets(form, item.path), keep=("label", "depth"))

    def _question(self, form: str, item: Item) -> Data:
        question = item.node
        assert isinstance(question, Question)
        now, path = self.fillings[form].state(item.path), item.path
        standing = self.state.standing(form, path)
        sets = self._sets(form, path)
        status = now.status
        if question.type == "file" and "evidence" in sets:
            status = "answered"
        data: Data = {
            "kind": "question",
            "path": path,
            "depth": item.depth,
            "number": question.number,
            "type": question.type,
            "label": self._label(form, path),
            "status": status,
            "place": question.place,
            "asked": question.asked,
            "required": now.required,
            "left_out": status == "missing" and self.extent.leaves_out(question) and not self._is_demanded(now),
            "clause": question.clause,
            "source": question.source,
            "criteria": question.status,
            "internal": _is_internal(question),
        }
        if now.value is not None:
            data["value"] = to_json(now.value)
            data["text"] = self._answer_text(form, path, question, now.value)
        if standing is not None and standing.status != "missing":
            data["why"] = standing.entry.why
            data["said"] = _said(standing.entry)
            data["disputed"] = standing.disputed
        data["points"] = self._points(form, path)
        data["gate"] = [
            {"kind": "limiting" if limiting else "veto", "state": self.gates[form, path, limiting].state}
            for limiting in (False, True)
            if (form, path, limiting) in self.gates
        ]
        data["problems"] = sorted({problem.code for problem in now.problems})
        data["demands"] = [problem.code for problem in demands_at(self.fillings[form], self.state, form, path)]
        return _pruned(data | sets, keep=("label", "depth"))

    def _sets(self, form: str, path: str) -> Data:
        """Notes, evidence and comments that stand here; empty ones left out."""
        return _pruned({
            "notes": [_noted(entry) for _, entry in self.state.notes(form, path)],
            "evidence": [_noted(entry) for _, entry in self.state.evidence(form, path)],
            "comments": [_noted(entry) for _, entry in self.state.comments(form, path)],
        })  # fmt: skip

    def _label(self, form: str, path: str) -> dict[str, str]:
        return {language: filling.label(path, language) for language, filling in self.spoken[form].items()}

    def _row_label(self, form: str, path: str) -> dict[str, str]:
        return {language: filling.row_label(path) for language, filling in self.spoken[form].items()}

    def _answer_text(self, form: str, path: str, question: Question, value: Value) -> dict[str, str]:
        return {language: self._read(form, path, question, value, language) for language in LANGUAGES}

    def _read(self, form: str, path: str, question: Question, value: Value, language: str) -> str:
        """The value as people read it in this language."""
        if isinstance(value, Quantity):
            unit = units().get(value.u)
            name = in_language(unit.name, language) if unit is not None else value.u
            return f"{value.n} {name}".strip()
        if isinstance(value, Evidence):
            return value.about.get("caption") or value.about.get("name") or value.about.get("number") or value.kind
        if question.type in LIST_TYPES:
            if not question.rows_of and question.list_name not in self.forms[form].choices:
                filling = self.spoken[form][language]
                between = _between(question, language)
                return between.join(filling.chosen_text(path, name, language) for name in names(value))
            known = self._choice_labels(form, path, question, language)
            between = _between(question, language)
            return between.join(known.get(name, name) for name in names(value))
        if question.type == "calculate":
            said = self.spoken[form][language].state(path).value
            return _rounded(said if isinstance(said, str) else str(value), question.decimals)
        return shown_text(question, value) if isinstance(value, str) else " ".join(value)

    def _choice_labels(self, form: str, path: str, question: Question, language: str) -> dict[str, str]:
        if question.rows_of:
            choices = self.spoken[form][language].choices(path)
        else:
            choices = self.forms[form].choices.get(question.list_name, ())
        return {choice.name: in_language(choice.label, language) for choice in choices}

    def _points(self, form: str, path: str) -> Data:
        part = self.parts.get((form, path))
        if part is None:
            return {}
        return _pruned({
            **_interval(part.points), "of": _number(part.of), "weight": _number(part.weight), "state": part.state,
            "taken_off": _number(part.taken_off) if part.taken_off else {},
        })  # fmt: skip

    # What it comes to.

    def _score(self) -> Data:
        found, hundred = self.score, self.score.hundred
        return {
            **_interval(hundred),
            "of": _number(Fraction(100)),
            "coverage": _number(found.coverage),
            "status": found.status,
            "levels": list(found.levels),
            "undecided": list(found.undecided),
            "limits": [
                {
                    "level": level.name,
                    "at_least": _number(limit),
                    "from_least": _number(limit - hundred.least),
                    "from_most": _number(limit - hundred.most),
                }
                for level in self.category.levels
                for limit in [Fraction(text) for text in [self._limit(level.at_least)] if text]
            ],
            "gates": [self._gate(gate) for gate in found.gates],
            "parts": [self._part(part) for part in found.root.children],
        }

    def _gate(self, gate: Gate) -> Data:
        return _pruned({
            "form": gate.form, "path": gate.path, "number": gate.question.number,
            "label": self._label(gate.form, gate.path), "kind": "limiting" if gate.limiting else "veto",
            "state": gate.state,
        })  # fmt: skip

    def _part(self, part: Part) -> Data:
        label = self._row_label(part.form, part.path) if part.kind == "row" else _three(part.label)
        children = [self._part(child) for child in part.children if child.kind != "question" and child.of]
        return _pruned({
            "kind": part.kind, "form": part.form, "path": part.path, "label": label, "weight": _number(part.weight),
            **_interval(part.points), "of": _number(part.of), "share": _interval(part.share),
            "coverage": _number(part.coverage), "taken_off": _number(part.taken_off) if part.taken_off else {},
            "parts": children,
        })  # fmt: skip

    def _flow_chart(self, chart: FlowChart) -> Data:
        numbers = {
            "input": chart.input, "returned": chart.returned, "used": chart.used, "lost": chart.lost,
            "unexplained": chart.unexplained,
        }  # fmt: skip
        return {
            "kind": chart.kind,
            "form": chart.form,
            "unit": chart.unit,
            "nodes": [
                _pruned({
                    "row": node.row, "label": self._row_label(chart.form, node.path), "kind": node.kind,
                    "into": _number(node.into), "out": _number(node.out),
                })
                for node in chart.nodes
            ],
            "flows": [
                _pruned({
                    "path": flow.path, "start": flow.start, "end": flow.end,
                    "amount": _number(flow.amount) if flow.amount is not None else {},
                    "label": self._row_label(chart.form, flow.path),
                })
                for flow in chart.flows
            ],
            **{name: _number(number) for name, number in numbers.items()},
        }  # fmt: skip

    # How it came about.

    def _conflict(self, conflict: Conflict) -> Data:
        return {
            **self._where(conflict.form, conflict.path),
            "kind": conflict.kind,
            "sides": [self._side(head) for head in conflict.heads],
        }

    def _settled(self) -> Iterator[Data]:
        """Every conflict that somebody decided, with its sides, whatever act decided it; none that undo took back."""
        brought_back = [
            entry for digest_, entry in self.state.entries() if _is_brought_back(self.state, digest_, entry)
        ]
        taken_back = {reference[-32:] for entry in brought_back for reference in entry.replaces}
        for digest_, entry in self.state.entries():
            heads = [said_first(self.state, head) for head in sides_of(self.state, entry)]
            if digest_ in taken_back or (entry.act != SETTLE and not _decides(entry, heads)):
                continue
            standing = self.state.heads(entry.form, entry.path, entry.act)
            yield _pruned({
                **self._where(entry.form, entry.path), "why": entry.why, "said": _said(entry),
                "settled_as": self._side((digest_, entry)), "sides": [self._side(head) for head in heads],
                "stands": any(hash_ == digest_ for hash_, _ in standing),
            }, keep=("form", "path", "label", "stands", "why"))  # fmt: skip

    def _where(self, form: str, path: str) -> Data:
        """Form, path and, while the question or row can be shown, its number and label."""
        data: Data = {"form": form, "path": path, "number": "", "label": {}}
        if form in self.forms:
            try:
                now = self.fillings[form].state(path)
            except KeyError:
                repeat = path.rpartition("[")[0]
                try:
                    data["label"], data["number"] = self._row_label(form, path), self.state.row_number(form, path)
                except KeyError:
                    data["label"] = dict.fromkeys(LANGUAGES, repeat)
            else:
                data |= {"number": now.question.number, "label": self._label(form, path)}
        return data

    def _side(self, head: Head) -> Data:
        _, entry = head
        data: Data = {"act": entry.act, "status": status_of(entry), "why": entry.why, "said": _said(entry)}
        if entry.value is not None:
            data["value"] = to_json(entry.value)
            try:
                question = self.fillings[entry.form].state(entry.path).question
                data["text"] = self._answer_text(entry.form, entry.path, question, entry.value)
            except KeyError:
                pass  # the question is no longer there; the value is shown as it was recorded
        return _pruned(data)

    def _history(self) -> Data:
        """Counts and logs. Signing and reopening are left out, so that a signature does not change what it fixes."""
        told = [entry for _, entry in self.state.entries() if entry.act not in STATE]
        logs = []
        for device in self.state.devices():
            log = [head for head in self.state.log(device) if head[1].act not in STATE]
            if log:
                logs.append({
                    "device": device,
                    "letters": device_letters(device),
                    "people": sorted({entry.person for _, entry in log}),
                    "entries": len(log),
                    "first": hong_kong_time(min(entry.at for _, entry in log)).isoformat(),
                    "latest": hong_kong_time(max(entry.at for _, entry in log)).isoformat(),
                    "last": max(log, key=lambda head: (head[1].seq, head[0]))[0],
                })  # fmt: skip
        return {
            "entries": len(told),
            "acts": dict(sorted(Counter(entry.act for entry in told).items())),
            "people": dict(sorted(Counter(entry.person for entry in told).items())),
            "logs": logs,
        }

    def _signature(self) -> Data:
        signed = self.state.signed
        acts_of_state = [
            _pruned({"act": entry.act, "why": entry.why, "said": _said(entry), **_sign_value(entry)})
            for _, entry in self.state.history("", "")
            if entry.act in STATE
        ]
        if signed is None:
            return {"signed": False, "acts": acts_of_state}
        return {
            "signed": True,
            "disputed": signed.disputed,
            "said": _said(signed.entry),
            **({"why": signed.entry.why} if signed.entry.why else {}),
            **_sign_value(signed.entry),
            "acts": acts_of_state,
        }


def _sign_value(entry: Entry) -> Data:
    """Digest that a signature fixed, and the entries without which it was knowingly given."""
    digest = digest_of(entry)
    over = [
        {
            "device": device_letters(each.device),
            "missing": [str(begin) if begin == end else f"{begin}-{end}" for begin, end in each.missing],
        }
        for each in signed_over(entry)
    ]
    return _pruned({"digest": digest if len(digest) == 64 else "", "over": over})


def _table(form: str, items: Iterable[Data]) -> Data:
    """Answers and rows of the header or the findings form by name, for those who do not want to walk the items."""
    answers: Data = {}
    rows: dict[str, list[Data]] = {}
    open_rows: dict[str, Data] = {}
    for item in items:
        path = item["path"]
        if item["kind"] == "row":
            row = {
                "path": path, "number": item.get("number", ""), "label": item["label"],
                "answers": {}, "evidence": list(item.get("evidence", ())),
            }  # fmt: skip
            open_rows[path] = row
            rows.setdefault(generic_path(path), []).append(row)
        elif item["kind"] == "question":
            within = [*row_paths(path)]
            holder = open_rows[within[-1]]["answers"] if within else answers
            if within:
                open_rows[within[-1]]["evidence"] += item.get("evidence", ())
            if "value" in item or item["status"] != "missing":
                known = ("value", "text", "status", "why", "disputed")
                holder[path.rpartition("/")[2]] = {key: item[key] for key in known if key in item}
    return {"form": form, "answers": answers, "rows": rows}


def _with_status(items: Mapping[str, list[Data]], status: str) -> list[Data]:
    """Every question that stands so, with its reason."""
    kept = ("path", "number", "label", "value", "text", "why", "said")
    return [
        {"form": form, **{key: item[key] for key in kept if key in item}}
        for form, asked in items.items()
        for item in asked
        if item.get("status") == status
    ]


def _is_brought_back(state: VisitState, digest_: str, entry: Entry) -> bool:
    """True when undo has recorded the entry to open a settled conflict again: it says anew what somebody else had."""
    return said_first(state, (digest_, entry))[0] != digest_


def _decides(entry: Entry, heads: list[Head]) -> bool:
    """True when the entry replaces entries that stood against each other. Undo names what it took back, and before."""
    if entry.act in ROWS and entry.why and any(side.act in (REMOVE_ROW, JOIN_ROWS) for _, side in heads):
        return True  # what stood against the removal was worked on inside of the row
    if entry.why and (entry.act == JOIN_ROWS or (entry.act == ADD_ROW and names(entry.value))):
        return True  # rows that two people had added for one thing
    if len(heads) < 2 or entry.act not in SLOT_OF or entry.act in STATE:
        return False
    replaced = {hash_ for hash_, _ in heads}
    before = {ref[-32:] for _, side in heads for ref in side.replaces}
    return replaced.isdisjoint(before) and not agree(side for _, side in heads)


def _leaves(part: Part) -> Iterator[Part]:
    if part.kind == "question":
        yield part
    for child in part.children:
        yield from _leaves(child)


def _said(entry: Entry) -> Data:
    """Who said it, when, and on which laptop."""
    return {"by": entry.person, "at": hong_kong_time(entry.at).isoformat(), "device": device_letters(entry.device)}


def _noted(entry: Entry) -> Data:
    """A note, a comment or a piece of evidence with who added it."""
    value = entry.value
    data: Data = {"text": value} if isinstance(value, str) else {}
    if isinstance(value, Evidence):
        data = dict(to_json(value))
    return _pruned({**data, "why": entry.why, "said": _said(entry)})


def _number(number: Fraction) -> Data:
    """An exact number: the fraction, and a decimal to read."""
    return {"exact": str(number), "decimal": decimal_text(number, _PLACES)}


def _interval(interval: Interval) -> Data:
    return {"least": _number(interval.least), "most": _number(interval.most)}


def _rounded(text: str, decimals: int) -> str:
    """A calculation's result with the decimals its question shows; other text as it is."""
    if decimals < 0:
        return text
    try:
        return decimal_text(Fraction(text), decimals, keep_zeros=True)
    except (ValueError, ZeroDivisionError):
        return text


def _cross_check(checked: Checked) -> Data:
    check = checked.check
    numbers = {
        "left": checked.left, "right": checked.right, "difference": checked.difference, "tolerance": checked.tolerance,
    }  # fmt: skip
    return {
        "name": check.name,
        "label": dict(check.label),
        "left_path": check.left,
        "right_path": check.right,
        "unit": checked.unit,
        "state": checked.state,
        "parameter": check.tolerance,
        **{name: _number(number) for name, number in numbers.items() if number is not None},
    }


def _is_internal(question: Question) -> bool:
    return str(question.extra.get(_INTERNAL, "")).lower() in ("yes", "true")


def _three(text: Text) -> dict[str, str]:
    return {language: in_language(text, language) for language in LANGUAGES}


def _pruned(data: Data, keep: tuple[str, ...] = ()) -> Data:
    """Without parts that say nothing: empty text, empty list, empty mapping, false."""
    return {key: part for key, part in data.items() if key in keep or ((part or part == 0) and part is not False)}


def _between(question: Question, language: str) -> str:
    """What stands between the labels of several choices, which hold commas of their own."""
    if question.type == RANK:
        return " > "
    return "；" if language.startswith("zh") else "; "
