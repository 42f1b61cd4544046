"""What hands do again and again in the story, and one bundle that no honest program writes."""

import json
from pathlib import Path
from typing import Any

from assessor_tui.bundle.write import Contents, segments_of, write_bundle
from assessor_tui.ledger.entry import hash_of
from assessor_tui.store.ledger import Store
from tests.keyboard import ENTER, F8, Person
from tests.three_people.world import LEE, NAMES, SITE, World
from tests.trust_worlds import person
from tests.two_days.story import goes_to_page

PACE = 0.35
"""Seconds between two digits: the program takes a faster one for a slip, a person is slower."""


def data(world: World, who: str, at: str, *arguments: str, code: int = 0) -> Any:
    """What a command says as JSON."""
    return json.loads(world.command(who, at, *arguments, "--json", code=code).out)


def chooses_folder(person: Person) -> None:
    """Nothing; the shared folder is chosen for the first time, for the people on the roster only."""
    person.does(F8, "Sync with which folder?")
    person.does("shared", "▸ shared/")
    person.does(ENTER, "☑ Take this folder")
    person.does(ENTER)
    person.until(lambda text: "Who can read" in text or "Space mark" in text)
    if "Who can read" in person.screen.text():
        person.settle(PACE)
        person.does("1", "~/shared", without="Who can read")
    person.shows("Space mark")
    person.settle()


def goes_through(person: Person, *said: str) -> None:
    """Nothing; does what the plan says, reads what came of it, closes the window."""
    person.does(ENTER, "Done.", *said)
    person.settle()
    person.does(ENTER, without="Done.")


def syncs(person: Person, *said: str) -> None:
    """Nothing; takes in and pushes, with the folder used last."""
    person.does(F8, "~/shared")
    person.does(ENTER, "Enter sync")
    person.settle()
    goes_through(person, *said)


def opens(person: Person, letter: str, name: str) -> None:
    """Nothing; the visit is open at a page, wherever the program was left."""
    person.shows(SITE[:13])
    person.settle()
    if "Show: [all]" in person.screen.text():
        person.does(ENTER, "Overview", without="Show: [all]")
        person.settle()
    goes_to_page(person, letter, name)
    person.settle()


def finds(person: Person, number: str) -> None:
    """Nothing; the card shows the question of this number."""
    person.does("/", "─ Go to")
    person.does(number, f"▸ {number}")
    person.does(ENTER, f"{number}  Walk through the plant", without="─ Go to")
    person.settle()


def entries(world: World, who: str) -> set[str]:
    """Hashes of all entries that stand in the ledger of a laptop."""
    with Store.open(world.home(who) / "work", write=False) as store:
        return store.hashes(store.visits()[0].id)


def forged_bundle(world: World) -> Path:
    """A bundle of a laptop that nobody knows, with an answer of Lee's turned round and all after it chained anew."""
    thief = person("a laptop from elsewhere")
    with Store.open(world.home(LEE) / "work", write=False) as store:
        assert store.device is not None
        visit, device = store.visits()[0].id, store.device.id
        log = [entry for _digest, entry in store.entries(visit) if entry.device == device]
    items, prev = [], ""
    for entry in log:
        told = ("yes",) if entry.act == "answer" and entry.path == "leaks" else entry.value
        changed = entry._replace(value=told, prev=prev)
        prev = hash_of(changed)
        items.append((prev, changed))
    assert items[-1][1] != log[-1]
    contents = Contents(visit, "delta", thief.device, NAMES[LEE], segments_of(items))
    key = bytes.fromhex(thief.key)
    return write_bundle(world.shared, contents, label="Lee-Sample", app="a", sign=thief.private.sign, key=key).path
