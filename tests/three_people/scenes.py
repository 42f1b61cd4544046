"""The scenes of the story: each really happens, and what is told is asserted."""

import re
import shutil

from assessor_tui.config import shipped
from tests.keyboard import CTRL_R, ENTER, ESCAPE, F3, F5
from tests.three_people.hands import (
    PACE,
    chooses_folder,
    data,
    entries,
    finds,
    goes_through,
    opens,
    syncs,
)
from tests.three_people.plant import write_plant
from tests.three_people.turned_away import turned_away
from tests.three_people.world import CONFLICTS, LEAD, LEE, NAMES, SHARED, SITE, VISIT, WONG, World
from tests.two_days.answers import Table
from tests.two_days.story import goes_to_page, pastes, types

CTRL_S, CTRL_X, CTRL_Z = "\x13", "\x18", "\x1a"

LIST = f"""\
Site,Visit date,Category,Team lead,Assessor
{SITE},2026-11-18,Manufacturing,{NAMES[LEAD]},{NAMES[LEE]}; {NAMES[WONG]}
"""
SEEN_BY_LEE = ("1.01 1", "1.02 3 no report shown", "1.03 2", "1.04 1", "1.05 1", "1.06 3")
SEEN_BY_WONG = (
    "1.01 1",
    "1.02 1",
    "1.03 1",
    "1.04 1",
    "1.05 1",
    "1.06 2",
    "1.11 2",
    "1.12 1",
    "1.13 1",
    "1.14 1",
    "1.15 2",
)
"""Energy is answered by both, on purpose: three alike, three not."""
RETURNED = {
    "1.11": "The photo of drum 4 shows an open lid. Which drums did you see?",
    "1.15": "Two labels without a date, or all of them?",
}
"""Number -> why it goes back."""
REASON = "report of March seen in the office"
OUTLETS = ("Outlet", "Treatment", "Where it stands")


def trust(world: World) -> None:
    """The lead makes the scheme's key and the roster; two assessors read their fingerprints aloud."""
    world.telling.scene(
        "10 November, office: one key, three fingerprints",
        "The lead makes the scheme's key on a stick that is locked away afterwards. Each assessor writes a request "
        "and reads eight groups of four digits aloud; the lead compares them and puts the laptop on the roster. From "
        "then on nobody else's entries get in, and everything that is shared can be encrypted for exactly these "
        "laptops.",
    )
    for who in (LEAD, LEE, WONG):
        world.plug(who)
        role = "lead" if who == LEAD else "assessor"
        world.command(who, "2026-11-10T09:00", "identity", "--name", NAMES[who], "--role", role)
    at = "2026-11-10T09:05"
    world.command(LEAD, at, "trust", "init", "key", "-o", SHARED, tell=True)
    assert not list(world.shared.glob("*key*"))
    for who in (LEE, WONG):
        show = who == LEE
        asked = world.command(who, at, "trust", "request", "-o", SHARED, tell=show)
        read_aloud = asked.err.rpartition(": ")[2].strip()
        assert re.fullmatch(r"([0-9a-f]{4} ){7}[0-9a-f]{4}", read_aloud)
        signed = ("trust", "sign", asked.out.strip(), "--role", "assessor", "--key", "key")
        if show:
            wrong = world.command(LEAD, at, *signed, "--fingerprint", "0000" * 8, code=4)
            assert "fingerprint" in wrong.err
        world.command(LEAD, at, *signed, "--fingerprint", read_aloud, "-o", SHARED, tell=show)
    listed = data(world, LEAD, at, "trust", "list")
    assert (listed["version"], len(listed["people"])) == (3, 3)
    newest = max(world.shared.glob("*roster*"), key=lambda path: path.stat().st_mtime_ns).name
    for who in (LEE, WONG):
        world.command(
            who, at, "trust", "use", f"{SHARED}/{newest}", "--fingerprint", listed["fingerprint"], tell=who == LEE
        )
        assert data(world, who, at, "trust", "list")["version"] == 3


def invitation(world: World) -> None:
    """The visit is opened and goes out through the folder, encrypted."""
    (world.home(LEAD) / "list.csv").write_text(LIST, encoding="utf-8")
    write_plant(world.home(LEAD) / "forms")
    world.command(LEAD, "2026-11-16T10:00", "visit", "new", "--from", "list.csv", "--forms", "forms")
    world.telling.scene(
        "16 November: the visit goes out through the folder",
        "`F8` shares a folder: a stick, a network folder, a drive that syncs by itself. The first time it is asked "
        "who can read what is put there; then one look says what there is to take in and to push, and `Enter` does "
        "both. Files get names made of their content: nothing that stands there is ever changed or removed.",
    )
    with world.laptop(LEAD, "2026-11-16T10:10") as chan:
        chan.shows(SITE[:13])
        chan.settle()
        chooses_folder(chan)
        chan.shows("push 16 entries")
        world.telling.picture(chan.screen, "plan", "What there is to do, before anything is done")
        goes_through(chan, "pushed 16 entries")
        assert chan.leaves() == 0
    sent = [name for name in world.bundles() if name.endswith(".zip.age")]
    assert len(sent) == 1
    assert SITE.encode() not in (world.shared / sent[0]).read_bytes()


def offline(world: World) -> None:
    """Both answer where no folder can be reached; some questions both, on purpose."""
    tell = world.telling
    tell.scene(
        "18 November, in the plant: no network",
        "Both have taken the visit in at the office. In the plant there is no folder to be seen, and nothing waits "
        "for one: each answer is on the disk at once. Energy is answered by both, on purpose. Both come past one "
        "outlet, and both enter it. The last line but one says how far the work has come.",
    )
    with world.laptop(LEE, "2026-11-18T08:50") as lee:
        lee.shows("No visit")
        chooses_folder(lee)
        goes_through(lee, "took in 16 entries")
        world.plug(LEE, is_in=False)
        opens(lee, "w", "Walk")
        assert not types(lee, SEEN_BY_LEE)
        pastes(lee, Table("plant", "1.20", "outlets", (OUTLETS, ("DA001", "Activated carbon", ""))))
        goes_to_page(lee, "w", "Walk")
        finds(lee, "1.02")
        shutil.copy(shipped("sample_sites") / "battery_maker/pictures/meter-substation.png", world.home(LEE))
        lee.does(F3, "meter-substation.png")
        lee.does(ENTER, "─ Caption")
        lee.does("where the test report hangs" + ENTER, without="─ Caption")
        lee.settle()
        lee.shows("not sent")
        tell.picture(lee.screen, "offline", "Answered offline: what is saved, what no bundle has carried yet")
        assert lee.leaves() == 0
    world.command(WONG, "2026-11-18T08:55", "sync", "pull", SHARED)
    world.plug(WONG, is_in=False)
    with world.laptop(WONG, "2026-11-18T09:30") as wong:
        opens(wong, "w", "Walk")
        assert not types(wong, SEEN_BY_WONG)
        pastes(wong, Table("plant", "1.20", "outlets", (OUTLETS, ("DA002", "Oxidiser", ""))))
        assert wong.leaves() == 0
    for path, text in (("[+]/outlet_no", "DA001"), ("[DA001]/where", "north roof")):
        world.command(WONG, "2026-11-18T10:30", "answer", VISIT, f"plant/outlets{path}", text)
    for who in (LEE, WONG):
        world.plug(who)
    said = data(world, WONG, "2026-11-18T16:00", "deliveries", VISIT)["visits"][0]
    assert said["saved"] == said["not_sent"] > 0 == said["not_confirmed"]


def delivery(world: World) -> None:
    """They deliver, encrypted; a bundle is lost before anybody has it, and is made up for."""
    tell = world.telling
    tell.scene(
        "18 November, evening: delivered, encrypted, and one stick lost",
        "Whoever comes past the folder pushes; what goes there can be opened by the laptops on the roster only. Sent "
        "is not delivered: until the lead's laptop says that it holds an entry, it stays `not confirmed`. What Wong "
        "has pushed is gone again before anybody has taken it in, as when a stick stays in a taxi.",
    )
    before = world.bundles()
    with world.laptop(LEE, "2026-11-18T17:30") as lee:
        opens(lee, "w", "Walk")
        goes_to_page(lee, "o", "Overview")
        syncs(lee, "pushed")
        lee.shows("not confirmed")
        lee.settle()
        tell.picture(lee.screen, "sent", "Sent, and not confirmed by anybody yet")
        assert lee.leaves() == 0
    came = world.bundles() - before
    entries, photo = sorted(came, key=lambda name: (world.shared / name).stat().st_size)
    shutil.move(world.shared / photo, world.place("on the way"))  # the drive syncs small files first
    world.command(WONG, "2026-11-18T17:40", "sync", "push", SHARED, "--team", tell=True)
    (lost,) = world.bundles() - before - {entries}
    (world.shared / lost).unlink()
    (world.folder / "lost").write_text(lost, encoding="utf-8")
    assert all(name.endswith(".zip.age") for name in (*came, lost))


def looking(world: World) -> None:
    """The lead sees who has delivered and what is missing; the lost bundle is made up for."""
    tell = world.telling
    tell.scene(
        "18 November, evening: who has delivered, and what is missing",
        "The lead takes in what is there. `Ctrl+R` says of each laptop what has come and what is known to be missing: "
        "a photo of Lee is on the way, of Wong nothing has come. `Enter` would ask for it; here the drive brings the "
        "photo, and Wong pushes again: the same work, for nobody has confirmed it.",
    )
    with world.laptop(LEAD, "2026-11-18T18:00") as chan:
        opens(chan, "o", "Overview")
        syncs(chan, "took in 11 entries")
        chan.does(CTRL_R, "Wong Sample", "Lee Sample")
        chan.settle()
        tell.picture(chan.screen, "missing", "Who has delivered, and what has not arrived")
        world.command(WONG, "2026-11-18T18:10", "sync", "push", SHARED, tell=True)
        said = data(world, WONG, "2026-11-18T18:11", "deliveries", VISIT)["visits"][0]
        assert (said["saved"], said["not_sent"], said["not_confirmed"]) == (17, 0, 17)
        assert (world.folder / "lost").read_text(encoding="utf-8") in world.bundles(), "the very same again"
        (photo,) = world.place("on the way").iterdir()
        shutil.move(photo, world.shared)
        chan.does(ESCAPE, without="Deliveries")
        syncs(chan, "took in 17 entries and 1 file")
        goes_to_page(chan, "o", "Overview")
        chan.does(CTRL_R, "Deliveries", "all confirmed", "17 entries", without="something is missing")
        chan.does(ESCAPE, without="Deliveries")
        assert chan.leaves() == 0
    said = data(world, LEAD, "2026-11-18T18:15", "deliveries", VISIT)["visits"][0]
    assert all(each["complete"] for each in said["laptops"]) and len(said["laptops"]) == 2


def settling(world: World) -> None:
    """One by one, many at once with a preview and undo, a row entered twice, how far two agree."""
    tell = world.telling
    tell.scene(
        "19 November, morning: what two people saw differently",
        "Everything that waits stands on one page, the most urgent first, each side with its author, time, note, "
        "proof, and what it does to the score. A digit lets one side stand, with the reason. `F5` settles many at "
        "once: every change is looked at before any is recorded, and one undo opens all of them again. An outlet that "
        "both entered becomes one row: what it lacked comes over from the other.",
    )
    with world.laptop(LEAD, "2026-11-19T09:00", wide=True) as chan:
        opens(chan, "c", "Conflicts")
        chan.shows("Conflicts 4")
        chan.settle()
        first = chan.screen.text().partition("1  D-")[2].partition("2  D-")[0]
        keep = "1" if "added by Lee" in first else "2"
        chan.does(keep, "Why is this one row?")
        chan.settle(PACE)
        chan.does("1", "Conflicts 3", without="Why is this one row?")
        chan.until(lambda text: "1 Lee Sample" in text or "1 Wong Sample" in text)
        chan.settle()
        tell.picture(chan.screen, "conflicts", "What waits, and both sides of one question with what each does")
        wong = "1" if "1 Wong Sample" in chan.screen.text() else "2"
        chan.does(wong, "Why does this stand?")
        chan.settle(PACE)
        chan.does("0" + REASON + ENTER, "Conflicts 2", without="Why does this stand?")
        chan.settle()
        for again in (False, True):
            chan.does(F5, "where?")
            chan.settle(PACE)
            chan.does("1", "all answers of Lee Sample stand: 2", without="where?")
            chan.settle(PACE)
            chan.does("1", "2 conflicts are settled; ", "0 stay open.")
            chan.settle()
            if not again:
                tell.picture(chan.screen, "preview", "Many at once: every change, before any of it is recorded")
            chan.does(ENTER, "Why do these stand?")
            chan.settle(PACE)
            chan.does("2", "Conflicts 0", without="Why do these stand?")
            if not again:
                chan.does(CTRL_Z, "Conflicts 2")
                chan.settle()
        chan.does("   ", "50 %   3 of 6   Lee Sample")
        chan.settle()
        tell.picture(chan.screen, "agreement", "How far two people agree who answered the same questions")
        assert chan.leaves() == 0
    agreed = data(world, LEAD, "2026-11-19T09:30", "conflicts", "agreement", VISIT)
    assert (agreed["both"], agreed["agreed"]) == (6, 3), agreed
    rows = data(world, LEAD, "2026-11-19T09:31", "conflicts", "rows", VISIT)["rows"]
    assert rows == []


def returning(world: World) -> None:
    """Two questions go back to Wong, each with its reason; everything is pushed."""
    tell = world.telling
    tell.scene(
        "19 November: two questions go back",
        "`Ctrl+X` at a question returns it with reasons. It travels like any entry, and stands at the question on "
        "every laptop until it is answered anew, replied to, or taken back.",
    )
    with world.laptop(LEAD, "2026-11-19T09:40", wide=True) as chan:
        opens(chan, "w", "Walk")
        for number, why in RETURNED.items():
            finds(chan, number)
            chan.settle()
            chan.does(CTRL_X, "Return: what has to be looked at again")
            chan.settle(PACE)
            chan.does("0" + why, why)
            if number == "1.11":
                tell.picture(chan.screen, "return", "A question goes back, with the reason")
            chan.does(ENTER, "Returned.", without="Return: what has")
        goes_to_page(chan, "o", "Overview")
        syncs(chan, "pushed")
        assert chan.leaves() == 0
    listed = data(world, LEAD, "2026-11-19T09:50", "returned", VISIT, code=CONFLICTS)["returned"]
    assert [each["state"] for each in listed] == ["open", "open"]


def correcting(world: World) -> None:
    """Both see that their work is confirmed; Lee reads why it was decided, Wong what was returned, and corrects it."""
    tell = world.telling
    tell.scene(
        "19 November, afternoon: confirmed, decided, returned",
        "Both take in what the lead has pushed. Nothing of theirs is `not confirmed` any more. At 1.02 Lee reads who "
        "decided and why; Lee's own answer stays in the history. Wong is told at once what was returned, goes there, "
        "reads why, looks again in the plant, answers and pushes.",
    )
    with world.laptop(LEE, "2026-11-19T13:00") as lee:
        opens(lee, "o", "Overview")
        lee.shows("11 not confirmed")
        syncs(lee, "took in")
        goes_to_page(lee, "w", "Walk")
        finds(lee, "1.02")
        lee.shows(f"decided by {NAMES[LEAD]}, because: {REASON}", without="not confirmed")
        assert "Lee Sample: No" in lee.screen.text()
        tell.picture(lee.screen, "decided", "The decision and its reason, on the laptop of whom it overruled")
        assert lee.leaves() == 0
    with world.laptop(WONG, "2026-11-19T13:10") as wong:
        opens(wong, "o", "Overview")
        chooses_folder(wong)
        goes_through(wong, "took in")
        wong.shows("« 2 returned", "saved, all confirmed")
        goes_to_page(wong, "w", "Walk")
        for number, why in RETURNED.items():
            finds(wong, number)
            wong.shows(why[:25], "Answer it anew")
            wong.settle(PACE)
            if number == "1.11":
                tell.picture(wong.screen, "returned", "What was returned stands at the question, offline")
            wong.does("1", f"{number}: Yes")
        goes_to_page(wong, "o", "Overview")
        syncs(wong, "pushed")
        assert wong.leaves() == 0
    said = data(world, LEE, "2026-11-19T13:20", "deliveries", VISIT)["visits"][0]
    assert (said["not_sent"], said["not_confirmed"]) == (0, 0)
    said = data(world, WONG, "2026-11-19T13:20", "deliveries", VISIT)["visits"][0]
    assert (said["not_sent"], said["not_confirmed"]) == (0, 2), "only the two corrections are on the way"


def signing(world: World) -> None:
    """The lead looks again, says that it is done, signs; all three laptops hold the same."""
    tell = world.telling
    tell.scene(
        "20 November: looked at again, signed",
        "What was answered since stands at the top of the lead's list. `Ctrl+X` says that it is done. The review says "
        "what is in the way of signing; when nothing is, `Ctrl+S` and one's own name sign. One round through the "
        "folder later all three laptops hold the same entries.",
    )
    with world.laptop(LEAD, "2026-11-20T09:00") as chan:
        opens(chan, "o", "Overview")
        syncs(chan, "took in 2 entries")
        chan.shows("Answered since it was returned: look again")
        chan.settle()
        tell.picture(chan.screen, "answered", "What was answered since it was returned")
        goes_to_page(chan, "w", "Walk")
        for number in RETURNED:
            finds(chan, number)
            chan.does(CTRL_X, "it is done")
            chan.settle(PACE)
            chan.does("1", "Done: the return is over.", without="it is done")
        goes_to_page(chan, "r", "Review")
        chan.shows("✓ no conflict is open", "✓ everything that was returned is answered", "nothing is in the way")
        chan.does(CTRL_S, "Type your name to sign")
        chan.does(NAMES[LEAD] + ENTER, "✓ signed by Chan Sample", without="Type your name")
        chan.settle()
        tell.picture(chan.screen, "signed", "Signed, with nothing in the way")
        goes_to_page(chan, "o", "Overview")
        syncs(chan, "pushed")
        assert chan.leaves() == 0
    for who in (LEE, WONG):
        world.command(who, "2026-11-20T10:00", "sync", "pull", SHARED)
        assert data(world, who, "2026-11-20T10:01", "visit", "show", VISIT)["signed"] is True
        said = data(world, who, "2026-11-20T10:02", "deliveries", VISIT)["visits"][0]
        assert (said["not_sent"], said["not_confirmed"]) == (0, 0)
    assert entries(world, LEAD) == entries(world, LEE) == entries(world, WONG)


SCENES = (trust, invitation, offline, delivery, looking, settling, returning, correcting, signing, turned_away)


def play(world: World) -> None:
    """Nothing; plays all of it, from the scheme's key to what is turned away."""
    for scene in SCENES:
        scene(world)
