"""What expressions may ask of a filling beyond its nodes: the day, the visit before, labels, lists."""

from assessor_tui.form.model import NO_TEXT, Repeat, Text, in_language, named_by
from assessor_tui.form.wording import plain_words
from assessor_tui.logic import values
from assessor_tui.logic.compile import CompiledForm, Pieces
from assessor_tui.logic.dates import Clock
from assessor_tui.logic.effort import MOST_LOOKS, MOST_LOOKS_OF_TEXT, Effort
from assessor_tui.logic.nodes import Leaf, Node, Scoped
from assessor_tui.logic.ranks import Rule
from assessor_tui.logic.values import Closure, Scope, to_text
from assessor_tui.logic.views import Context


class Surroundings:
    """What expressions may ask of a filling."""

    compiled: CompiledForm
    context: Context
    clock: Clock
    """How the calendar stands where the visit is."""
    language: str
    row_of: dict[str, Scoped]
    effort: Effort
    """What expressions may still look at."""

    def result(self, rule: Rule, node: Node, most: int = MOST_LOOKS) -> values.Result:
        """What a rule gives at a node."""
        raise NotImplementedError

    @property
    def today(self) -> str:
        """The date of the visit."""
        return self.context.today

    @property
    def now(self) -> str:
        """The moment the visit is at, ISO 8601 with its offset."""
        return self.context.now or self.context.today

    @property
    def seed(self) -> int:
        """Where random numbers start."""
        return self.context.seed

    def place(self, node: values.Node) -> str:
        """The path of a node."""
        return node.path if isinstance(node, Node) else ""

    def row_id(self, node: values.Node) -> str:
        """Id of the row around a node, ``""`` outside rows."""
        return node.scope.row_id if isinstance(node, Node) else ""

    def last_saved(self, path: str) -> str:
        """Value of a question, by its generic path, in the visit before; blank when unknown."""
        return self.context.last_saved.get(path, "")

    def choice_label(self, node: values.Node, name: str) -> str:
        """What people read for the choice ``name`` of the question at ``node``; ``""`` for an unknown one."""
        if not isinstance(node, Leaf) or not name:
            return ""
        if node.question.rows_of:
            row = self.row_of.get(name)
            return self.named_row(row) if row is not None else ""
        source = self.compiled.sources.get(node.definition)
        label = source.label(Scope(node, node, self), name) if source is not None else NO_TEXT
        return in_language(label, self.language)

    def instance(self, name: str) -> values.Node | None:
        """What ``instance(name)`` gives; None for no such list."""
        return self.compiled.lists.instance(name, self.language)

    def itext(self, name: str) -> str:
        """The text of an imported form's table of texts in the language being shown; the name itself for none."""
        texts = self.compiled.form.extra.get("itext", NO_TEXT)
        return in_language(texts.get(name, NO_TEXT), self.language) or name

    def spoken(self, node: Node, column: str, text: Text, language: str) -> str:
        """A text at a node in one language as people read it, with its outputs filled in."""
        if not self.compiled.texts or not text:
            return plain_words(in_language(text, language))
        wanted = in_language(text, language)
        pieces: Pieces | None = None
        for tag in (language, *text):
            if text.get(tag) == wanted:
                pieces = self.compiled.texts.get((node.definition, column, tag))
                break
        if pieces is None:
            return plain_words(wanted)
        before, self.language = self.language, language
        outer = self.effort.left
        self.effort.left = min(outer, MOST_LOOKS_OF_TEXT)
        try:
            scope = Scope(node, node, self)
            return "".join(piece if isinstance(piece, str) else self._piece(piece, scope) for piece in pieces)
        finally:
            self.language = before
            self.effort.left = outer

    @staticmethod
    def _piece(run: Closure, scope: Scope) -> str:
        try:
            return str(run(scope))
        except (ArithmeticError, ValueError):
            return ""

    def named_row(self, row: Scoped) -> str:
        """What people call a row: by its ``row_label``, or else its first text; its number while that is blank."""
        label = ""
        if (rule := self.compiled.rules_of.get(row.definition, {}).get("row_label")) is not None:
            label = to_text(self.result(rule, row, MOST_LOOKS_OF_TEXT)).strip()
        elif isinstance(repeat := row.definition.node, Repeat) and (name := named_by(repeat)):
            leaf = row.members.get(name)
            label = " ".join(leaf.text.split()) if isinstance(leaf, Leaf) else ""
        return label or str(row.position())
