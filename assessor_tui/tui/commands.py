"""Every command of the terminal program, once.

From ``COMMANDS`` come the key bindings of each screen, its hint bar, its key help, the command palette and the
pages ``docs/keys.*.md``. The first key of a command also works while a Chinese input method is on; accelerators
are shortcuts for people whose input method is off.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from textual.binding import Binding

from assessor_tui.i18n import LANGUAGES, N_, _, language, set_language

HOME, OVERVIEW, WALK, ROWS, FINDINGS = "home", "overview", "walk", "rows", "findings"
EVIDENCE, CONFLICTS, REVIEW = "evidence", "conflicts", "review"
FLOWS, BOARD = "flows", "board"
FIELD, DIALOG = "field", "dialog"

AT_PLACE = "place:"
"""What a target of the walk begins with that is a place of the site, by its name."""

VISIT = frozenset({OVERVIEW, WALK, ROWS, FLOWS, FINDINGS, EVIDENCE, CONFLICTS, REVIEW})
"""Screens of an opened visit."""
SCREENS = VISIT | {HOME, BOARD}
LISTS = SCREENS - {WALK}
"""Screens where Enter opens what the cursor stands on."""

PLACE_NAMES = {
    HOME: N_("Visits"),
    BOARD: N_("Board"),
    OVERVIEW: N_("Overview"),
    WALK: N_("Walk"),
    ROWS: N_("Tables"),
    FLOWS: N_("Flows"),
    FINDINGS: N_("Findings"),
    EVIDENCE: N_("Evidence"),
    CONFLICTS: N_("Conflicts"),
    REVIEW: N_("Review"),
    FIELD: N_("In a text field"),
    DIALOG: N_("In a window"),
}
"""Place -> msgid of its name, in the order of the key help."""


class Command(NamedTuple):
    """Something a person can ask for."""

    id: str
    """The screen runs its method ``command_<id>``."""
    keys: tuple[str, ...]
    """Textual's key names that work with an input method on, the one to show first; none: in the palette only."""
    accelerators: tuple[str, ...]
    label: str
    """msgid, a few words: hint bar and palette."""
    help: str
    """msgid, a sentence: key help and palette."""
    where: frozenset[str]
    hint: int = 0
    """Place in the hint bar, smallest first; 0: not shown there."""
    takes_key: bool = False
    """True when ``command_<id>`` is given the key: the digit."""
    shown_as: str = ""
    """Keys as people read them, when they are more than one command should list (``1-9``)."""
    bound: bool = True
    """False when a widget handles the keys itself: listed in the help, no binding and no palette entry."""


DIGITS = tuple("123456789")

RESERVED = frozenset({"ctrl+m", "ctrl+i", "ctrl+h", "ctrl+j", "ctrl+left_square_bracket", "ctrl+b", "ctrl+a"}) | {
    "f10",
    "f11",
    "f12",
}
"""Keys that terminals, tmux or screen take or cannot tell from others; never bound. Nor is anything with Alt."""

_PUNCTUATION = {
    "slash",
    "question_mark",
    "colon",
    "semicolon",
    "exclamation_mark",
    "left_square_bracket",
    "right_square_bracket",
}
IME_SAFE = (
    frozenset("0123456789")
    | {"enter", "space", "tab", "shift+tab", "backspace", "insert", "delete", "up", "down", "left", "right"}
    | {"pageup", "pagedown", "home", "end", "plus", "minus"}
    | {f"f{number}" for number in range(1, 10)}
    | _PUNCTUATION
)
"""Keys an input method passes on, or whose Chinese twin ``input_keys`` turns into them; so do Ctrl and a letter."""


def _at(*places: str) -> frozenset[str]:
    return frozenset(places)


COMMANDS: tuple[Command, ...] = (
    # Answering
    Command("answer", DIGITS, (), N_("answer"), N_("Answer with this choice. The same digit again takes it back."),
            _at(WALK, ROWS), 1, True, "1-9"),
    Command("next_open", ("enter",), (), N_("next"), N_("Go to the next question without an answer."), _at(WALK), 2),
    Command("next", ("down",), ("j",), N_("down"), N_("Go to the next line."), SCREENS, 0),
    Command("previous", ("up",), ("k",), N_("up"), N_("Go to the line before."), SCREENS, 0),
    Command("clear", ("0", "delete"), (), N_("clear"), N_("Take the answer back; it stays in the history."), _at(WALK)),
    Command("edit", ("tab", "insert"), ("e",), N_("edit"), N_("Go on typing in the answer that stands here."),
            _at(WALK)),
    Command("not_applicable", ("ctrl+n", "minus"), (), N_("not applicable"),
            N_("Say that the question does not apply here, with the reason."), _at(WALK)),
    Command("to_come", ("ctrl+t", "plus"), (), N_("to come"),
            N_("Say that the answer comes later: what, from whom, by when."), _at(WALK)),
    Command("note", ("f2",), ("n",), N_("note"), N_("Write a note on this question."),
            _at(WALK, ROWS, FINDINGS), 4),
    Command("photo", ("f3",), ("p",), N_("photo"), N_("Tie a photo to this."), _at(WALK, ROWS, FINDINGS, EVIDENCE), 7),
    Command("document", ("f4",), ("d",), N_("document"), N_("Tie a document, or a record without a file, to this."),
            _at(WALK, ROWS, FINDINGS, EVIDENCE), 9),
    Command("finding", ("f5",), ("f",), N_("finding"), N_("Write a finding about this."),
            _at(WALK, ROWS, FINDINGS, EVIDENCE), 5),
    Command("flag", ("space",), ("exclamation_mark",), N_("flag"), N_("Come back to this later; only on this laptop."),
            _at(WALK), 8),
    Command("comment", (), ("c",), N_("comment"), N_("Write a comment for the colleagues."), _at(WALK, REVIEW)),
    Command("comment_here", (), (), N_("comment"), N_("Write a comment for the colleagues."),
            _at(ROWS, FINDINGS, CONFLICTS)),
    Command("talk", ("ctrl+x",), ("b",), N_("return, reply"),
            N_("Return this with reasons, reply to what was returned, or say that it is done."),
            _at(WALK, ROWS, CONFLICTS, REVIEW, OVERVIEW), 13),
    Command("talk_here", (), ("b",), N_("return, reply"),
            N_("Return this with reasons, reply to what was returned, or say that it is done."), _at(FINDINGS)),
    Command("history", ("ctrl+r",), ("y",), N_("history"), N_("Show who answered what, when and why."),
            _at(WALK, ROWS, FINDINGS, CONFLICTS)),
    Command("why", (), ("x",), N_("why?"),
            N_("Show why this is asked, hidden, wrong or computed so, and what depends on it."), _at(WALK, ROWS)),
    Command("card_language", ("ctrl+l",), ("l",), N_("other language"),
            N_("Show this question in the next language."), _at(WALK, CONFLICTS), 10),
    Command("guidance", ("f7",), ("i",), N_("guidance"), N_("Show or hide what to look at and whom to ask."),
            _at(WALK), 11),
    Command("outline", ("f8",), ("o",), N_("outline"), N_("Show or hide the list of questions."), _at(WALK), 12),
    Command("card_down", ("right",), (), N_("scroll"), N_("Scroll the question down."), _at(WALK)),
    Command("card_up", ("left",), (), N_("scroll up"), N_("Scroll the question up."), _at(WALK)),
    Command("order", ("ctrl+e",), ("w",), N_("by place"), N_("Walk by section, or by the places of the site."),
            _at(WALK), 12),
    Command("mine", ("ctrl+o",), (), N_("only mine"),
            N_("Show only what the person at the keyboard covers, or everything again."), _at(WALK, OVERVIEW), 13),
    Command("add_place", ("ctrl+d",), ("a",), N_("new place"),
            N_("Add a place of this site, with its own name, to walk to."), _at(WALK)),
    Command("next_section", ("pagedown",), ("right_curly_bracket",), N_("next section"),
            N_("Go to the next section."), _at(WALK)),
    Command("previous_section", ("pageup",), ("left_curly_bracket",), N_("section before"),
            N_("Go to the section before."), _at(WALK)),
    Command("first", ("home",), (), N_("first"), N_("Go to the first line."), SCREENS),
    Command("last", ("end",), (), N_("last"), N_("Go to the last line."), SCREENS),
    # Home
    Command("new_visit", ("f2",), ("n",), N_("new visit"), N_("Start a visit: site, period, team, scheme."),
            _at(HOME), 3),
    Command("import", ("f3",), ("i",), N_("import"), N_("Open the visits of a list, or bring in forms and a scheme."),
            _at(HOME), 5),
    Command("merge", ("f4",), ("m",), N_("merge"), N_("Take in the bundles of colleagues."),
            _at(HOME, OVERVIEW, BOARD), 4),
    Command("bundle", ("f5",), ("x",), N_("bundle"), N_("Make a bundle that carries this visit to another laptop."),
            _at(HOME, OVERVIEW), 6),
    Command("sync", ("f8",), ("y",), N_("sync"),
            N_("Take in what is in a shared folder and not here, and put there what is here and not there."),
            _at(HOME, OVERVIEW, BOARD), 7),
    Command("deliveries", ("ctrl+r",), ("d",), N_("deliveries"),
            N_("Show what has come of each laptop and what is missing, ask for it, or make a receipt."),
            _at(HOME, OVERVIEW, BOARD), 9),
    Command("held_back", ("f7",), ("h",), N_("held back"),
            N_("Show bundles that were held back and why; accept or decline them."), _at(HOME), 10),
    Command("held_here", (), (), N_("held back"),
            N_("Show bundles that were held back and why; accept or decline them."), _at(OVERVIEW, BOARD, CONFLICTS)),
    Command("team", (), (), N_("team and roster"),
            N_("Show who is on the roster, this laptop's fingerprint, and take the roster of your team."),
            _at(HOME, OVERVIEW, BOARD)),
    # Second places
    Command("copy_now", ("ctrl+d",), (), N_("copy now"),
            N_("Copy this visit to the second places now, and name sticks and network folders."), _at(OVERVIEW), 8),
    Command("copy_here", (), (), N_("copy now"),
            N_("Copy this visit to the second places now, and name sticks and network folders."), VISIT - {OVERVIEW}),
    Command("put_away", ("delete",), (), N_("put away"),
            N_("Remove the visit from this laptop once two second places hold all of it; a line stays."), _at(HOME)),
    Command("places", (), (), N_("second places"),
            N_("Name a stick or a network folder that gets copies of the visits, or forget one."), _at(HOME)),
    Command("board", ("f6",), ("b",), N_("board"),
            N_("Show how far all visits of a batch are, who is missing and what is overdue."), _at(HOME), 8),
    # Board
    Command("remind", ("enter",), (), N_("reminder"),
            N_("Show the reminder to send: what is missing, from whom, until when."), _at(BOARD), 1),
    Command("open_visit", ("right",), ("o",), N_("open the visit"), N_("Open the visit."), _at(BOARD), 2),
    Command("stages", ("f7",), ("i",), N_("stages"), N_("Say what the stages mean and why a visit presses."),
            _at(BOARD), 5),
    # Documents asked for
    Command("ask_documents", (), (), N_("ask for the usual documents"),
            N_("Ask for all usual documents that are not asked for yet, from today; undo takes it back."),
            _at(OVERVIEW)),
    Command("print_documents", (), (), N_("print the document list"),
            N_("Write the list of documents asked for as a page to send, in three languages."), _at(OVERVIEW)),
    # Lists
    Command("open", ("enter",), (), N_("open"), N_("Open what the cursor stands on."), LISTS - {CONFLICTS, BOARD}, 2),
    Command("page_down", ("pagedown",), (), N_("page down"), N_("Go one screen down."), LISTS),
    Command("page_up", ("pageup",), (), N_("page up"), N_("Go one screen up."), LISTS),
    Command("add_row", ("insert", "plus"), ("a",), N_("add"), N_("Add a row."), _at(ROWS, FINDINGS, FLOWS), 3),
    Command("copy_row", ("ctrl+d",), ("c",), N_("copy"), N_("Add a row with the values of this one."), _at(ROWS), 6),
    Command("import_rows", ("f7",), (), N_("import"),
            N_("Take rows from an Excel or CSV file; rows can also be pasted here."), _at(ROWS), 10),
    Command("months", ("f8",), (), N_("months"), N_("Add a row for every month of the period that has none."),
            _at(ROWS), 11),
    Command("checked", ("ctrl+e",), (), N_("checked"),
            N_("Say that this row was checked against the original, or take that back."), _at(ROWS), 12),
    Command("remove_row", ("delete", "minus"), (), N_("remove"), N_("Take the row away; undo brings it back."),
            _at(ROWS, FINDINGS), 8),
    Command("sort", ("ctrl+o",), ("s",), N_("sort"), N_("Sort by the next column."), _at(ROWS, FINDINGS, EVIDENCE)),
    Command("filter", ("space",), ("v",), N_("show"), N_("Show the next kind only: all, open, mine."),
            _at(HOME, BOARD, FINDINGS, CONFLICTS)),
    Command("open_question", ("right",), ("o",), N_("question"), N_("Go to the question this belongs to."),
            _at(ROWS, FINDINGS, EVIDENCE, CONFLICTS, REVIEW, FLOWS), 9),
    # Tables
    Command("next_field", ("tab",), (), N_("next field"), N_("Go to the next field of the row."),
            _at(ROWS, FINDINGS), 4),
    Command("previous_field", ("shift+tab",), (), N_("field before"), N_("Go to the field before."),
            _at(ROWS, FINDINGS)),
    Command("row_clear", ("0",), (), N_("clear"), N_("Take the answer back; it stays in the history."),
            _at(ROWS, FINDINGS)),
    Command("row_not_applicable", ("ctrl+n",), (), N_("not applicable"),
            N_("Say that the question does not apply here, with the reason."), _at(ROWS, FINDINGS)),
    Command("row_to_come", ("ctrl+t",), (), N_("to come"),
            N_("Say that the answer comes later: what, from whom, by when."), _at(ROWS, FINDINGS)),
    # Findings
    Command("level", DIGITS, (), N_("grade"),
            N_("Give the finding this grade; among its fields, answer with this choice."),
            _at(FINDINGS), 1, True, "1-5"),
    Command("close_finding", ("ctrl+x",), ("x",), N_("close"), N_("Close the finding, or open it again."),
            _at(FINDINGS), 10),
    Command("read_aloud", ("f7",), ("r",), N_("read aloud"),
            N_("Read the closing meeting out page by page, and record the site's replies."), _at(FINDINGS), 11),
    # Evidence
    Command("add_evidence", ("insert", "plus"), ("a",), N_("add"),
            N_("Add a file or a record that is tied to nothing yet."), _at(EVIDENCE), 9),
    Command("tie_here", DIGITS, (), N_("tie"),
            N_("Tie what is marked, or this, to the place of that digit on the card."), _at(EVIDENCE), 1, True, "1-9"),
    Command("mark", ("space",), ("m",), N_("mark"), N_("Mark this, or take the mark away; keys then mean all marked."),
            _at(EVIDENCE), 3),
    Command("tie", ("f2",), ("n",), N_("find and tie"),
            N_("Tie what is marked, or this, to any questions, rows and findings."), _at(EVIDENCE), 4),
    Command("leave_aside", ("0",), (), N_("leave aside"),
            N_("Leave a file of the inbox aside, or take it up again; only on this laptop."), _at(EVIDENCE), 5),
    Command("caption", ("ctrl+e",), ("c",), N_("caption"), N_("Write what all marked, or this, show."),
            _at(EVIDENCE), 6),
    Command("show_kind", ("f8",), ("v",), N_("show"), N_("Show the next kind only: to sort, all, photos, papers."),
            _at(EVIDENCE), 7),
    Command("show_clock", ("f7",), (), N_("clock"),
            N_("Show a large clock to photograph, so that the camera's own clock can be put right."), _at(EVIDENCE), 8),
    Command("clock_photo", ("ctrl+t",), (), N_("clock photo"),
            N_("Say that this is a photo of the clock: the times of its camera are put right."), _at(EVIDENCE)),
    Command("inbox_folder", (), (), N_("inbox folder"), N_("Choose the folder in which photos and papers arrive."),
            _at(EVIDENCE)),
    Command("detach", ("minus",), (), N_("detach"), N_("Take it from this question; undo ties it again."),
            _at(EVIDENCE), 8),
    Command("withdraw", ("delete",), ("x",), N_("withdraw"),
            N_("Say with a reason that it must not be used; a file is removed from every laptop."), _at(EVIDENCE), 10),
    Command("list", ("f8",), (), N_("list"), N_("Show or hide the list of conflicts."), _at(CONFLICTS), 12),
    # Flows
    Command("view", ("space",), ("v",), N_("chart or table"), N_("Show the flows as a chart or as a table."),
            _at(FLOWS), 3),
    Command("unit", ("f2",), ("y",), N_("unit"), N_("Show the flows in the next unit."), _at(FLOWS), 4),
    Command("other_flows", ("f3",), ("m",), N_("other flows"), N_("Show energy or material."), _at(FLOWS), 5),
    # Conflicts
    Command("choose", DIGITS, (), N_("choose"), N_("Let this answer stand, with the reason."),
            _at(CONFLICTS), 1, True, "1-9"),
    Command("leave_open", ("0",), (), N_("leave open"), N_("Leave the conflict open and ask the assessors."),
            _at(CONFLICTS), 4),
    Command("next_conflict", ("enter",), (), N_("next conflict"), N_("Go to the next conflict."), _at(CONFLICTS), 2),
    Command("write_new", ("f2",), ("n",), N_("new answer"),
            N_("Write a new answer instead; all notes and evidence are kept."), _at(CONFLICTS), 3),
    Command("settle_many", ("f5",), (), N_("settle many"),
            N_("Settle many conflicts at once, after looking at every change; one undo opens all again."),
            _at(CONFLICTS), 5),
    Command("kinds", ("f7",), (), N_("kind"), N_("Show one kind of conflict only, with how many there are."),
            _at(CONFLICTS), 8),
    # Review
    Command("mark_line", ("insert",), ("m",), N_("mark"),
            N_("Mark this, or take the mark away; what is marked is returned together."), _at(REVIEW)),
    Command("details", ("space",), ("v",), N_("score"), N_("Show or hide score, levels, findings and the signature."),
            _at(REVIEW), 4),
    Command("changes", ("f4",), ("d",), N_("what changed"), N_("Show what changed since the last signature."),
            _at(REVIEW), 5),
    Command("sign", ("ctrl+s",), (), N_("sign"), N_("Sign the visit with your name."), _at(REVIEW), 3),
    Command("reopen", ("f5",), (), N_("reopen"), N_("Open a signed visit again, with the reason."), _at(REVIEW), 6),
    Command("report", ("f3",), ("r",), N_("summary"), N_("Write the summary to open in a browser."),
            _at(REVIEW, OVERVIEW), 7),
    Command("closing", ("ctrl+e",), (), N_("closing record"),
            N_("Write the closing record, read it out with the site's replies, or keep the signed sheet."),
            _at(FINDINGS, REVIEW, OVERVIEW), 8),
    Command("sheet", (), (), N_("attach the signed sheet"),
            N_("Keep the photographed signed sheet with the closing record that was written last."),
            _at(FINDINGS, REVIEW, OVERVIEW)),
    Command("print_sheets", (), (), N_("print walk sheets"),
            N_("Write sheets for A4 paper, for where no laptop may go: of all, a place, a section, or what you cover."),
            _at(OVERVIEW, WALK)),
    Command("add_form", (), (), N_("add a checklist"),
            N_("Add a checklist to this visit: one that is on this laptop, an XLSForm, an ODK form, YAML."),
            VISIT),
    Command("update_form", (), (), N_("update a checklist"),
            N_("Go over to a newer version of a checklist, after a look at what that means; undo goes back."), VISIT),
    # Everywhere in a visit
    Command("jot", ("semicolon",), (), N_("jot"),
            N_("Write a line down at once, tied to nothing yet; the evidence page ties it later."), VISIT, 11),
    Command("undo", ("ctrl+z",), ("u",), N_("undo"), N_("Take back this laptop's last act."), VISIT, 6),
    Command("redo", ("ctrl+y",), ("U",), N_("redo"), N_("Do again what was taken back."), VISIT),
    Command("next_page", ("right_square_bracket",), ("ctrl+right",), N_("page"), N_("Go to the next page."),
            VISIT, 13),
    Command("previous_page", ("left_square_bracket",), ("ctrl+left",), N_("page before"), N_("Go to the page before."),
            VISIT),
    Command("go_to", ("f6",), ("g",), N_("go to"), N_("Go to another page or back to the last place."), VISIT, 14),
    Command("onlookers", ("ctrl+k",), ("h",), N_("hide scores"),
            N_("Hide scores, notes and history from people looking on, until pressed again."), VISIT, 15),
    Command("save", ("ctrl+s",), (), N_("saved?"), N_("Say when the last answer was saved; every answer is at once."),
            SCREENS - {REVIEW}),
    Command("back", ("backspace",), ("q", "escape"), N_("back"), N_("Go back to where you came from."),
            VISIT | {BOARD}, 16),
    # Everywhere
    Command("find", ("slash",), ("ctrl+f",), N_("find"),
            N_("Find anything; 3.07 goes straight there, 3.07 2 and a note answers it, 3.05.2#2 means its second row."),
            SCREENS, 7),
    Command("person", ("ctrl+u",), (), N_("who types"),
            N_("Say who is at the keyboard; what is recorded carries that name."), SCREENS, 16),
    Command("theme", ("ctrl+w",), ("t",), N_("theme"), N_("Light, dark or high contrast."), SCREENS),
    Command("language", ("ctrl+g",), (), N_("language"), N_("Switch the language of the program."), SCREENS),
    Command("commands", ("f9", "colon"), ("ctrl+p",), N_("commands"), N_("Find a command by its name."), SCREENS, 17),
    Command("help", ("question_mark", "f1"), (), N_("keys"), N_("Show all keys of this place."), SCREENS, 18),
    Command("quit", ("ctrl+q",), (), N_("quit"), N_("Leave the program; nothing is lost."), SCREENS),
    # What widgets do themselves
    Command("field_done", ("enter", "ctrl+s"), (), N_("done"), N_("Save the text and leave the field."),
            _at(FIELD), 1, bound=False),
    Command("field_next", ("tab",), (), N_("next field"), N_("Save the text and go to the next field."),
            _at(FIELD), 2, bound=False),
    Command("field_leave", ("escape",), (), N_("leave"), N_("Leave the field; the text stays as a draft."),
            _at(FIELD), 3, shown_as="Esc", bound=False),
    Command("dialog_choose", ("enter", *DIGITS), (), N_("choose"),
            N_("Take the line under the cursor, or of the digit."), _at(DIALOG), 1, shown_as="Enter 1-9", bound=False),
    Command("dialog_close", ("escape",), (), N_("close"), N_("Close the window and change nothing."),
            _at(DIALOG), 2, shown_as="Esc", bound=False),
)  # fmt: skip

BY_ID = {command.id: command for command in COMMANDS}

FIRST: Mapping[str, tuple[str, ...]] = {
    HOME: ("open", "new_visit", "merge", "bundle", "board", "find"),
    OVERVIEW: ("open", "closing", "bundle", "merge", "copy_now", "find"),
    WALK: ("answer", "next_open", "note", "photo", "finding", "jot", "undo", "find", "order"),
    ROWS: ("answer", "open", "next_field", "add_row", "import_rows", "note", "photo", "copy_row", "months", "checked"),
    FINDINGS: ("level", "open", "add_row", "closing", "read_aloud", "photo", "note", "close_finding"),
    REVIEW: ("open", "sign", "closing", "report", "details", "changes"),
}
"""Commands that are needed most at a place, the most useful first; the others follow by their ``hint``."""

_KEY_NAMES = {
    "enter": "Enter",
    "space": "Space",
    "tab": "Tab",
    "escape": "Esc",
    "backspace": "Backspace",
    "insert": "Ins",
    "delete": "Del",
    "up": "Up",
    "down": "Down",
    "left": "Left",
    "right": "Right",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "slash": "/",
    "question_mark": "?",
    "colon": ":",
    "semicolon": ";",
    "exclamation_mark": "!",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "plus": "+",
    "minus": "-",
}


def commands_at(place: str) -> tuple[Command, ...]:
    """Commands of a place, in the order of the registry."""
    return tuple(command for command in COMMANDS if place in command.where)


def bindings(place: str) -> list[Binding | tuple[str, str] | tuple[str, str, str]]:
    """Textual's bindings of a screen: each key runs ``BaseScreen.action_command`` with the command's id.

    They have priority, so that a command has finished before the next key is looked at: what is typed ahead goes
    into the field that the command opened. While a text field has focus ``BaseScreen.check_action`` lets all pass.
    """
    return [
        Binding(
            key,
            f"command('{command.id}', '{key}')",
            command.label,
            id=f"{place}.{command.id}.{key}",
            show=False,
            priority=True,
        )
        for command in commands_at(place)
        if command.bound
        for key in (*command.keys, *command.accelerators)
    ]


def key_name(key: str) -> str:
    """A key as people read it: ``ctrl+z`` is ``Ctrl+Z``, ``slash`` is ``/``."""
    *modifiers, last = key.split("+")
    if last in _KEY_NAMES:
        last = _KEY_NAMES[last]
    elif modifiers or (last[0] == "f" and last[1:].isdigit()):
        last = last.upper()
    return "+".join([*(modifier.capitalize() for modifier in modifiers), last])


def main_key(command: Command) -> str:
    """The one key to show for a command, ``""`` when it has none."""
    if command.shown_as:
        return command.shown_as
    keys = command.keys or command.accelerators
    return key_name(keys[0]) if keys else ""


def all_keys(command: Command) -> tuple[str, str]:
    """Main keys and accelerators of a command as people read them."""
    main = command.shown_as or "  ".join(key_name(key) for key in command.keys)
    return main, "  ".join(key_name(key) for key in command.accelerators)


def hints(place: str, unavailable: Iterable[str] = ()) -> list[Command]:
    """Commands for the hint bar of a place, the most useful first, without those that cannot run now."""
    hidden = frozenset(unavailable)
    return [command for command in by_use(place) if _is_hinted(place, command) and command.id not in hidden]


def by_use(place: str) -> list[Command]:
    """Commands of a place, what is needed most first; those that are only in the palette last."""
    first = FIRST.get(place, ())

    def rank(command: Command) -> tuple[int, int]:
        if command.id in first:
            return 0, first.index(command.id)
        return (1, command.hint) if command.hint else (2 if main_key(command) else 3, 0)

    return sorted(commands_at(place), key=rank)


def _is_hinted(place: str, command: Command) -> bool:
    return bool(command.hint) or command.id in FIRST.get(place, ())


def keys_page() -> str:
    """The page of all keys in the present language, as Markdown (``docs/keys.<language>.md``)."""
    parts = [f"# {_('Keys')}", ""]
    parts += [_("This page is written by the program from its own list of commands."), ""]
    for place, name in PLACE_NAMES.items():
        parts += [f"## {_(name)}", ""]
        parts += [f"| {_('Keys')} | {_('Also')} | {_('Command')} | {_('What it does')} |", "|---|---|---|---|"]
        parts += [_keys_row(command) for command in commands_at(place)]
        parts.append("")
    return "\n".join(parts)


def write_keys_pages(folder: Path) -> list[Path]:
    """The files ``keys.<language>.md`` written into ``folder``, one for each language of the interface."""
    before = language()
    written = []
    for tag in LANGUAGES:
        set_language(tag)
        file = folder / f"keys.{tag}.md"
        file.write_text(keys_page(), encoding="utf-8")
        written.append(file)
    set_language(before)
    return written


def _keys_row(command: Command) -> str:
    cells: Sequence[str] = (*all_keys(command), _(command.label), _(command.help))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
