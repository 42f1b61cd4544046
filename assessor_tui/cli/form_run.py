"""``assessor form run``: a form filled without a screen, its state told after every act."""

import json
import sys
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from assessor_tui.cli.form_files import form_given
from assessor_tui.cli.session import PROBLEMS, USAGE, Mistake, day_here, say
from assessor_tui.i18n import N_, _
from assessor_tui.ledger.entry import clean

if TYPE_CHECKING:
    from assessor_tui.form.model import Form
    from assessor_tui.logic.acts import NodeState, Play

INIT, NEXT, ANSWER, NEW, REMOVE, CHOICES, LANGUAGE = "init", "next", "answer", "new", "remove", "choices", "lang"
MAX_ACTS = 16 * 1024 * 1024
"""Largest file of acts, in bytes."""


class Step(NamedTuple):
    """One act to play."""

    act: str
    ref: str = ""
    """Path as ODK writes it (``/data/group/question``) or as ours; rows count from 0 in JSON, else from 1."""
    value: str | None = None


def run(
    context: typer.Context,
    said: Annotated[
        str, typer.Argument(metavar="FORM", help=N_("A form file of any kind, or the id or hash of one held here."))
    ],
    acts: Annotated[Path, typer.Option("--acts", metavar="FILE", help=N_("What to do, act by act."))],
    kind: Annotated[
        str,
        typer.Option(
            "--format", metavar="KIND", help=N_("How the acts are written: json, or pipe (path, value, type).")
        ),
    ] = "json",
    date: Annotated[str, typer.Option("--date", help=N_("What today() gives, YYYY-MM-DD (else today)."))] = "",
    changes: Annotated[
        bool, typer.Option("--changes", help=N_("Only what each act has changed, not the whole state."))
    ] = False,
) -> None:
    """Nothing; one line of JSON per act. Exit code 3 when an act names what is not there."""
    if kind not in ("json", "pipe"):
        raise Mistake(_("There is no format {format}. There are: json, pipe.").format(format=kind), USAGE)
    with acts.open("rb") as stream:
        data = stream.read(MAX_ACTS + 1)  # its size is not asked for: a device has none
    if len(data) > MAX_ACTS:
        raise Mistake(_("{file} is larger than {most} MB. Split it.").format(file=acts, most=MAX_ACTS >> 20))
    text = data.decode("utf-8-sig", errors="replace")
    steps = list(from_json(text) if kind == "json" else from_pipe(text))
    form = form_given(context, said)
    lost = 0
    strict = kind == "json"
    today = date or day_here()
    for line in played(form, steps, first=0 if strict else 1, strict=strict, today=today, whole=not changes):
        lost += "error" in line
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    if lost:
        say(_("Acts that could not be done: {count}. Look for “error” in their lines.").format(count=lost))
        raise typer.Exit(PROBLEMS)


def from_json(text: str) -> Iterator[Step]:
    """The acts of a JSON list, of an object with ``steps``, or of one JSON object per line; ``a``, ``ref`` and ``v``.

    Raises:
        Mistake: when it is none of these.
    """
    try:
        data = json.loads(text)
        if isinstance(data, dict) and "a" in data:
            data = [data]
    except (ValueError, RecursionError):
        data = [_json_line(line, number) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if isinstance(data, dict):
        data = data.get("steps")
    if not isinstance(data, list):
        raise Mistake(_("The acts must be a JSON list, or one JSON object per line, each with “a”, “ref” and “v”."))
    for number, each in enumerate(data, 1):
        if not isinstance(each, dict) or not isinstance(each.get("a"), str):
            raise Mistake(_("Act {number} has no “a” that says what to do.").format(number=number))
        value = each.get("v")
        if isinstance(value, list):
            value = " ".join(map(str, value))
        yield Step(each["a"], clean(str(each.get("ref", ""))), None if value is None else clean(str(value)))


def _json_line(line: str, number: int) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        raise Mistake(_("Line {line} of the acts is no JSON.").format(line=number)) from None


def from_pipe(text: str) -> Iterator[Step]:
    """The acts of lines ``path|value|type``: each an answer; ``path||new`` and ``path||remove`` are rows.

    Raises:
        Mistake: for a line without a bar.
    """
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        path, bar, rest = line.partition("|")
        value, second, kind = rest.rpartition("|")
        if not bar or not second:
            raise Mistake(_("Line {line} of the acts is not path|value|type.").format(line=number))
        yield Step(kind, path) if kind in (NEW, REMOVE) else Step(ANSWER, path.strip(), value)


def played(
    form: "Form", steps: Sequence[Step], *, first: int, today: str, strict: bool = True, whole: bool = True
) -> Iterator[dict[str, Any]]:
    """What there is to tell after the form is opened, and after every act.

    ``step``, ``a``, ``ref``; ``r`` what came of an answer (``OK`` or ``CONSTRAINT_VIOLATED``); ``v`` the choices asked
    for; ``set`` every node that stands otherwise now, ``[value, relevant, required, read only]`` by its path; ``gone``
    those that do not stand any more; ``cut off`` what the form never comes to an end with; ``state`` all nodes.
    ``strict``: what breaks a constraint is not stored.
    """
    from itertools import count

    from assessor_tui.logic.acts import Play
    from assessor_tui.logic.compile import compile_form
    from assessor_tui.logic.filling import Context

    compiled = compile_form(form)
    numbers = count(1)
    language = form.languages[0] if form.languages else ""

    def opened() -> Play:
        return Play(compiled, Context(today, language), lambda: f"{next(numbers):032x}", first=first, strict=strict)

    play = opened()
    before: Mapping[str, NodeState] = {}
    if steps[:1] and steps[0].act == INIT:
        steps = steps[1:]
    line: dict[str, Any] = {"step": 0, "a": INIT}
    before = yield from _told(line, play, before, whole)
    for number, step in enumerate(steps, 1):
        line = {"step": number, "a": step.act, **({"ref": step.ref} if step.ref else {})}
        if step.act == INIT:
            play = opened()
        else:
            try:
                line |= _done(play, step)
            except (KeyError, ValueError) as error:
                line["error"] = _no_such(error, step)
        before = yield from _told(line, play, before, whole)


def _told(
    line: dict[str, Any], play: "Play", before: "Mapping[str, NodeState]", whole: bool
) -> "Generator[dict[str, Any], None, Mapping[str, NodeState]]":
    from assessor_tui.i18n.sentences import sentence

    now = play.state()
    cut_off = [f"{problem.place.path}: {sentence(problem)}" for problem in play.filling.cut_off()]
    changed = {path: _row(state) for path, state in now.items() if before.get(path) != state}
    yield {
        **line,
        "set": changed,
        "gone": [path for path in before if path not in now],
        **({"cut off": cut_off} if cut_off else {}),
        **({"state": {path: _row(state) for path, state in now.items()}} if whole else {}),
    }
    return now


def _row(state: "NodeState") -> list[Any]:
    return [state.value, int(state.relevant), int(state.required), int(state.read_only)]


def _done(play: "Play", step: Step) -> dict[str, Any]:
    """What came of one act beside the state."""
    from assessor_tui.i18n.sentences import sentence
    from assessor_tui.logic.acts import REFUSED

    doing: Mapping[str, Callable[[str], object]] = {NEW: play.add_row, REMOVE: play.remove_row}
    if step.act in doing:
        doing[step.act](step.ref)
    elif step.act == CHOICES:
        return {"v": list(play.choices(step.ref))}
    elif step.act == LANGUAGE:
        play.set_language(_tag(play, step.value or ""))
    elif step.act == ANSWER:
        wrong = play.answer(step.ref, step.value)
        refused = play.strict and any(problem.code in REFUSED for problem in wrong)
        told = {"problems": [sentence(problem) for problem in wrong]} if wrong else {}
        return {"r": "CONSTRAINT_VIOLATED" if refused else "OK", **told}
    elif step.act != NEXT:
        raise ValueError(step.act)
    return {}


def _tag(play: "Play", spoken: str) -> str:
    """The language that is meant: by its tag, or as the form itself calls it."""
    known = play.filling.compiled.form.extra.get("language_names", {})
    return next((tag for tag, name in known.items() if spoken in (name, tag)), spoken)


def _no_such(error: Exception, step: Step) -> str:
    if isinstance(error, KeyError):
        return _("There is nothing at {path} now.").format(path=step.ref)
    known = ", ".join((INIT, NEXT, ANSWER, NEW, REMOVE, CHOICES, LANGUAGE))
    if step.act in (NEW, REMOVE):
        return _("The form counts the rows at {path} itself.").format(path=step.ref)
    return _("There is no act {act}. Acts are {known}.").format(act=step.act, known=known)
