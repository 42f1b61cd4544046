"""The hours of the two days, each a scene that really happens in the program."""

import json
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from tests.keyboard import DELETE, DOWN, ENTER, ESCAPE, F4, F5, F6, F7, RIGHT, Person, introduces
from tests.samples.battery_maker import MANAGER
from tests.two_days.answers import Table
from tests.two_days.material import BEHIND, Taken, write_energy_sheet, write_photos
from tests.two_days.story import ASSESSOR, LEAD, LIST, SITE, World, goes_to_page, pastes, types

CTRL_D, CTRL_E, CTRL_O, CTRL_T, CTRL_U = "\x04", "\x05", "\x0f", "\x14", "\x15"
PACE = 0.35
"""Seconds between two digits: the program takes a faster one for a slip, a person is slower."""
PREPARED = ("H.11", "H.29", "H.36")
"""Tables that the lead fills before the visit: places, team, documents."""
BILLS = "2.20"
"""Table of the months of energy, filled from the plant's own spreadsheet."""
ROOF = "楼顶治理设施区"
ON_PAPER = ("3.11", "3.13", "3.19", "3.20", "3.21", "3.22")
"""What is written on paper on the roof, where no laptop goes."""


def play(world: World) -> None:
    """Nothing; plays all of it, from the secretariat's list to the correction weeks later."""
    photos = write_photos(world.place("cameras"), 60)
    before(world)
    invitation(world)
    later = first_morning_of_the_lead(world)
    first_day_of_the_assessor(world)
    evening(world, photos)
    second_day(world, later)
    sorting(world, photos)
    hand_in(world)
    merging(world)
    closing(world)
    hand_over(world)


def opens(person: Person, letter: str = "", name: str = "") -> None:
    """Nothing; the battery maker's visit is open at a page, wherever the program was left."""
    person.until(lambda text: SITE[:13] in text)
    person.settle(0.4)
    if "Show: [all batches]" in person.screen.text():
        person.does(RIGHT, "[Overview]")
    elif "Show: [all]" in person.screen.text():
        for _ in range(3):
            if f"▸ {SITE[:14]}" in person.screen.text():
                break
            person.does(DOWN)
        person.does(ENTER, "Overview", without="Show: [all]")
        person.settle(0.4)
    if letter:
        goes_to_page(person, letter, name)
        person.settle()


def before(world: World) -> None:
    """The secretariat's list becomes visits; the lead reads papers, names places, team and documents."""
    tell = world.telling
    sheet = world.folder / "list.csv"
    sheet.write_text(LIST.format(lead=world.lead.person, assessor=world.assessor.person), encoding="utf-8")
    world.command(LEAD, "2026-11-02T09:00", "identity", "--name", world.lead.person, "--role", "lead")
    opened = world.command(LEAD, "2026-11-02T09:02", "visit", "new", "--from", sheet)
    assert len(opened.split()) == 3, opened
    tell.scene(
        "2 November, office: a list becomes visits",
        "The secretariat sends its list. `assessor visit new --from list.csv` opens one visit per line: columns are "
        "told by their headings in any of the three languages, and nothing is opened while a cell is wrong. `F6` on "
        "the list of visits is the board: how far each visit is, who is missing, how many days are left.",
    )
    with world.laptop(LEAD, "2026-11-02T09:10", wide=True) as chan:
        chan.shows(SITE)
        chan.does("\x1b[17~", "SAMPLE-2026", SITE, "Mock Plating")
        chan.settle()
        tell.picture(chan.screen, "board-before", "The board of the batch, before anything has begun")
        assert chan.leaves() == 0
    tell.scene(
        "10 November: what is known before the gate",
        "The header is typed in as one types in a walk sheet: `/`, the number, the answer. The site's own places, the "
        "team with who covers what, and the documents asked for are pasted from a spreadsheet: a window shows each row "
        "before it is taken, and one undo takes it all back. `assessor documents` writes the list to send, in three "
        "languages.",
    )
    with world.laptop(LEAD, "2026-11-10T15:05", speed=120) as chan:
        opens(chan, "w", "Walk")
        known = [line for form, line in world.lead.lines if form == "visit_header"]
        assert not types(chan, known)
        places, *others = _tables(world.lead.tables, PREPARED)
        for table in (places, *others):
            picture = "Rows from the clipboard are looked at before they are taken" if table is places else ""
            pastes(chan, table, tell, picture)
        chan.settle()
        assert chan.leaves() == 0
    written = world.command(LEAD, "2026-11-10T15:40", "documents", SITE, "-o", world.place("to send"))
    assert "温室气体清单" in Path(written.strip()).read_text(encoding="utf-8")


def _tables(tables: Sequence[Table], numbers: Sequence[str]) -> list[Table]:
    return [table for table in tables if table.number in numbers]


def invitation(world: World) -> None:
    """A bundle carries the visit to the colleague, who sees what is hers."""
    tell = world.telling
    tell.scene(
        "11 November, evening: the invitation",
        "`F5` on the visit makes a bundle that is read back before it gets its name; it says visit, site, person and "
        "day. The colleague takes it in with `F4`, and `Ctrl+O` shows only what she covers.",
    )
    with world.laptop(LEAD, "2026-11-11T18:30") as chan:
        opens(chan, "o", "Overview")
        chan.does(F5, "an invitation for a colleague")
        chan.does("3", "Take this folder")
        chan.does(ENTER, "read back and good")
        chan.does(ENTER, without="read back and good")
        assert chan.leaves() == 0
    (invite,) = world.home(LEAD).glob("*.zip")
    shutil.copy(invite, world.home(ASSESSOR))
    with world.laptop(ASSESSOR, "2026-11-11T20:00") as lee:
        introduces(lee, world.assessor.person, "1")
        lee.does(F4, "Each is checked before anything", invite.name[:20])
        lee.does(ENTER, "1 of 1 files", "a visit that is new here")
        lee.settle()
        lee.does(ENTER, SITE[:14], without="1 of 1 files")
        opens(lee, "w", "Walk")
        lee.does("\x1b[19~", "H.16 ")  # F8, the list of questions as a drawer
        lee.does(CTRL_O, "mine")
        lee.settle()
        tell.picture(lee.screen, "mine", "The walk shows only what the person at the keyboard covers")
        assert lee.leaves() == 0


def first_morning_of_the_lead(world: World) -> list[str]:
    """The lines that are asked only later; gate and energy, section by section."""
    tell = world.telling
    tell.scene(
        "12 November, 09:15: gate and energy",
        "Digits answer and move on; a number shows how it will be kept while it is typed (`1.24万度` is `12 400 kWh`). "
        "Tables come from the site's own lists by paste, and a number ten times its neighbours is asked about.",
    )
    with world.laptop(LEAD, "2026-11-12T09:15", speed=200) as chan:
        opens(chan, "w", "Walk")
        lines = [line for form, line in world.lead.lines if form not in ("visit_header", "findings")]
        waiting = types(chan, lines)
        chan.does("/", "─ Go to")
        chan.does("2.49", "▸ 2.49")
        chan.does(ENTER, without="─ Go to")
        chan.settle()
        chan.does("2057万度", "20 570 000 kWh")
        tell.picture(chan.screen, "units", "A number as people say it, shown as it will be kept")
        chan.does(ESCAPE)
        for table in world.lead.tables:
            if table.number in (*PREPARED, BILLS) or table.form == "findings":
                continue
            pastes(chan, table)
        waiting = types(chan, waiting)
        assert chan.leaves() == 0
    return waiting


def first_day_of_the_assessor(world: World) -> None:
    """By place, with jots, a paper sheet for the roof, and something that is still to come."""
    tell = world.telling
    tell.scene(
        "12 November, 10:00: by place",
        "`Ctrl+E` walks by the site's real places: at each stand the questions of all sections, the rows of tables and "
        "the findings that belong there. `;` jots down a line that belongs nowhere yet.",
    )
    with world.laptop(ASSESSOR, "2026-11-12T09:30", speed=150, wide=True) as lee:
        opens(lee, "w", "Walk")
        lee.does(CTRL_E, "污水处理站")
        lee.settle()
        tell.picture(lee.screen, "by-place", "The walk by the site's own places")
        lee.does(";", "─ Jot")
        lee.does("Fan F-7 on the roof hums; ask the night shift 夜班" + ENTER, without="─ Jot")
        lee.does(CTRL_E)
        lines = [line for form, line in world.assessor.lines if line.split()[0] not in ON_PAPER]
        waiting = types(lee, lines)
        for table in world.assessor.tables:
            pastes(lee, table)
        waiting = types(lee, waiting)
        assert lee.leaves() == 0
    sheet = world.home(ASSESSOR) / "roof.html"
    world.command(ASSESSOR, "2026-11-12T10:30", "print", SITE, "--place", ROOF, "-o", sheet)
    assert all(number in sheet.read_text(encoding="utf-8") for number in ON_PAPER)
    tell.scene(
        "12 November, 14:00: where no laptop goes",
        f"`assessor print --place {ROOF}` makes A4 sheets for the roof: numbers, two languages, boxes, room for "
        "readings, no scores. Back inside, each line is typed as it was written: `/` and `3.20 2 ledger has gaps`.",
    )
    with world.laptop(ASSESSOR, "2026-11-12T14:00", speed=60) as lee:
        opens(lee, "w", "Walk")
        written = [line for _, line in world.assessor.lines if line.split()[0] in ON_PAPER]
        waiting += types(lee, written[:-1])
        lee.does("/", "─ Go to")
        lee.does(written[-1], "records")
        tell.picture(lee.screen, "quick", "A line from a walk sheet says what will be recorded before Enter")
        lee.does(ENTER, without="─ Go to")
        waiting = types(lee, waiting)
        assert not waiting, waiting
        assert lee.leaves() == 0


def evening(world: World, photos: Sequence[Taken]) -> None:
    """The clock for the cameras, and a copy on the stick before the laptop is shut."""
    tell = world.telling
    tell.scene(
        "12 November, 18:00: safe at night",
        "The stick is named once (`assessor place add`); while it is there it gets a copy at each section's end and "
        "on leaving, read back and compared. `Ctrl+D` copies now. The first line says how old the newest copy "
        "elsewhere is.",
    )
    for who in (LEAD, ASSESSOR):
        world.command(who, "2026-11-12T18:00", "place", "add", "stick", world.place(f"stick of the {who}"))
        world.command(who, "2026-11-12T18:01", "place", "add", "office", world.place("office"))
    with world.laptop(LEAD, "2026-11-12T18:05") as chan:
        opens(chan, "o", "Overview")
        chan.does(CTRL_D, "Copies elsewhere", "office")
        chan.does("1", without="Copies elsewhere")
        chan.shows("read back there and good")
        tell.picture(chan.screen, "copied", "The visit is on the stick and in the office, read back")
        assert chan.leaves() == 0


def second_day(world: World, later: Sequence[str]) -> None:
    """Twelve months from the plant's own spreadsheet."""
    tell = world.telling
    write_energy_sheet(world.home(LEAD) / "能耗统计.xlsx")
    tell.scene(
        "13 November, 09:00: twelve months",
        "The plant hands over its spreadsheet: a merged title, a total by formulas, amounts in 万度 and 万Nm³, one "
        "bill that is no calendar month. `F7` on the table reads it; what is not a month is left out and named.",
    )
    with world.laptop(LEAD, "2026-11-13T09:00", wide=True) as chan:
        opens(chan, "w", "Walk")
        chan.does("/", "─ Go to")
        chan.does(BILLS, f"▸ {BILLS}")
        chan.does(ENTER, "[Tables]", without="─ Go to")
        chan.settle()
        chan.does(F7, "能耗统计.xlsx")
        chan.feed(ENTER)
        chan.until(lambda text: "new rows" in text or "─ Carrier" in text)
        if "─ Carrier" in chan.screen.text():
            chan.does("1", "new rows")
        chan.settle(0.5)
        tell.picture(chan.screen, "months", "The plant's spreadsheet, line by line, before it is taken")
        chan.feed(ENTER)
        chan.until(lambda text: "taken in" in text or "Enter again" in text)
        if "Enter again" in chan.screen.text():
            chan.does(ENTER, "taken in")
        chan.settle()
        # Bills that differ from the meters are asked about; the plant's sheet has no bills.
        assert [line.split()[0] for line in types(chan, later)] == ["2.24"]
        assert chan.leaves() == 0


def sorting(world: World, photos: Sequence[Taken]) -> None:
    """Sixty photos from two cameras, tied by digits; the slow camera is put right by a photo of the clock."""
    tell = world.telling
    tell.scene(
        "13 November, 12:30: sixty photos",
        "The card is copied into the visit's inbox folder (`assessor inbox` says where it is). The photos stand in the "
        "order of time beside what was being answered then; a digit ties one to what is proposed, `Space` marks "
        "several, `Ctrl+E` writes one caption for all marked, `0` leaves aside what is no evidence. One phone was an "
        "hour behind: `Ctrl+T` on its photo of the program's clock (`F7`) puts all its photos right.",
    )
    with world.laptop(LEAD, "2026-11-13T12:30", wide=True) as chan:
        opens(chan, "v", "Evidence")
        chan.does(F7, "Photograph this with each camera")
        tell.picture(chan.screen, "clock", "The clock that each camera photographs once")
        chan.does(ESCAPE, without="Photograph this")
        box = Path(json.loads(world.command(LEAD, "2026-11-13T12:31", "inbox", SITE, "--json"))["folder"])
        for photo in photos:
            shutil.copy(photo.path, box)
        chan.shows("60 to sort")
        (clock,) = (photo for photo in photos if photo.is_clock)
        chan.settle()
        for _ in range(70):
            if f"▸   {clock.said[5:16]}" in chan.screen.text() or f" {clock.path.name} " in _card(chan):
                break
            chan.does(DOWN)
        chan.does(CTRL_T, "What time does the clock", clock.camera)
        chan.does("\x15" + clock.really + ENTER, "behind", without="What time does the clock")
        chan.settle()
        tell.picture(chan.screen, "inbox", "Photos beside what was being answered; the phone's clock is put right")
        assert BEHIND.total_seconds() == 3600
        chan.does("\x1b[H")
        chan.settle()
        chan.does("   ", "3 marked")
        chan.does(CTRL_E, "aption")
        chan.does("首日上午 first morning" + ENTER, without="─ Caption")
        left = 60
        while left and "to sort" in chan.screen.text():
            chan.feed("1")
            chan.settle(0.1, 3)
            left -= 1
        tell.picture(chan.screen, "sorted", "Sixty photos later")
        assert chan.leaves() == 0


def _card(person: Person) -> str:
    """The lower part of the page of evidence."""
    return "\n".join(person.screen.lines()[-20:])


def hand_in(world: World) -> None:
    """The colleague's bundle goes to the lead's stick."""
    tell = world.telling
    tell.scene(
        "13 November, 15:00: two laptops become one visit",
        "The assessor makes a bundle (`F5`), the lead takes it in (`F4`). What both answered alike is agreement; what "
        "they saw differently stands side by side with its effect on the score until the lead settles it, with a "
        "reason.",
    )
    with world.laptop(ASSESSOR, "2026-11-13T15:00") as lee:
        opens(lee, "o", "Overview")
        lee.does(F5, "an invitation for a colleague")
        lee.does("1", "Take this folder")
        lee.does(ENTER, "read back and good")
        lee.settle()
        lee.does(ENTER, without="read back and good")
        assert lee.leaves() == 0
    newest = max(world.home(ASSESSOR).glob("*.zip"), key=lambda file: file.stat().st_mtime)
    shutil.copy(newest, world.home(LEAD))


def merging(world: World) -> None:
    """Two people saw one thing differently."""
    tell = world.telling
    with world.laptop(LEAD, "2026-11-13T15:10", wide=True) as chan:
        opens(chan, "o", "Overview")
        chan.does(F4, "Each is checked before anything", "Lee")
        chan.does(ENTER, "of 2 files", "1 conflict", "Enter look at the conflicts")
        chan.does(ENTER, "[Conflicts]", "Lee Sample", without="of 2 files")
        chan.settle()
        tell.picture(chan.screen, "conflict", "One thing two people saw differently, with what each choice does")
        chan.does("1" if "1 Chan" in chan.screen.text() else "2", "Why does this stand?")
        time.sleep(PACE)
        chan.does("1", without="Why does this stand?")
        chan.shows("no conflict is left")
        assert chan.leaves() == 0


def closing(world: World) -> None:
    """Findings with their ready text, read aloud, agreed, written, signed on paper."""
    tell = world.telling
    tell.scene(
        "13 November, 16:00: findings and the closing meeting",
        "An answer that calls for a finding offers its ready text: `F5`, the blanks, done, in three languages at once. "
        "`F7` on the findings reads the meeting out in the site's language; 1, 2, 3 record agrees, objects, partly at "
        "once. `Ctrl+E` writes the closing record: two pages to sign, with a digest.",
    )
    with world.laptop(LEAD, "2026-11-13T16:00", wide=True) as chan:
        opens(chan, "w", "Walk")
        chan.does("/", "─ Go to")
        chan.does("4.04", "▸ 4.04")
        chan.does(ENTER, "4.04", without="─ Go to")
        chan.settle()
        chan.does(F5, "─ Finding, observation")
        chan.does(ENTER + "起始日期 start dates", "start dates")
        tell.picture(chan.screen, "finding", "The ready text of a finding; only its blanks are asked")
        chan.does(ENTER + "2 drums" + ENTER, "is written (observation)", without="─ Finding, observation")
        goes_to_page(chan, "i", "Findings")
        chan.shows("answers call for a finding")
        for _ in range(4):
            if "▸ +" not in chan.screen.text():
                chan.does(DOWN)
        chan.does(ENTER, "─ Finding, major")
        chan.does(ENTER + "190" + ENTER, "(190 days", without="─ Finding, major")
        assert not types(chan, [f"F.01.12#2 {MANAGER}", "F.01.13#2 2026-11-30"])
        goes_to_page(chan, "i", "Findings")
        chan.settle()
        tell.picture(chan.screen, "findings", "Findings, and the answers that still call for one")
        chan.does(F7, "1 agrees")
        chan.settle()
        tell.picture(chan.screen, "read-aloud", "Read aloud at the closing meeting, in the site's language")
        for reply in "1112":
            chan.does(reply)
            chan.settle(PACE)
            chan.does(ENTER)
            chan.settle(PACE)
        chan.does(ESCAPE, without="1 agrees")
        assert chan.leaves() == 0
    world.command(LEAD, "2026-11-13T16:40", "closing", SITE, "--lang", "zh-Hans-CN", "-o", world.place("to sign"))
    (record,) = world.place("to sign").glob("*closing*.html")
    assert "末次会议" in record.read_text(encoding="utf-8")
    sheet = Path(shutil.copy(photos_of(world)[-1].path, world.home(LEAD) / "signed sheet.jpg"))
    world.command(LEAD, "2026-11-13T17:05", "closing", SITE, "--sheet", sheet)


def photos_of(world: World) -> tuple[Taken, ...]:
    """The photos of both cameras, as they were written."""
    return write_photos(world.place("cameras"), 60)


def hand_over(world: World) -> None:
    """The stick is handed over; nothing of the site stays on the laptop that is lent out; the board says the rest."""
    tell = world.telling
    tell.scene(
        "13 November, 17:30: the stick is handed over",
        "The lead's bundle goes to the secretariat. The assessor's laptop is lent to a colleague next week: `Del` on "
        "the list of visits puts the visit away once two places hold all of it, read again in full; a line stays, and "
        "merging a copy brings it back whole.",
    )
    bundle = world.command(LEAD, "2026-11-13T17:30", "bundle", "make", SITE, "-o", world.place("handed over"))
    assert world.command(LEAD, "2026-11-13T17:31", "bundle", "check", bundle.strip().splitlines()[-1])
    with world.laptop(ASSESSOR, "2026-11-13T17:35") as lee:
        opens(lee, "o", "Overview")
        lee.does(CTRL_D, "Copies elsewhere", "office")
        lee.does("1", "read back there and good")
        lee.does(F6, "─ Go to")
        lee.does("h", "Show: [all]")
        lee.does(DELETE, "Put away?")
        lee.settle(PACE)
        tell.picture(lee.screen, "put-away", "Before anything goes, it is said what goes and where it stays")
        lee.does("1", "The visit has left this laptop")
        lee.does(ENTER, without="The visit has left this laptop")
        lee.settle()
        tell.picture(lee.screen, "line", "What stays is a line")
        assert lee.leaves() == 0
    tell.scene(
        "16 November, office: what is still owed",
        "The board says what each visit still needs. `Enter` writes the reminder to send, in the reader's language.",
    )
    with world.laptop(LEAD, "2026-11-16T09:00", wide=True) as chan:
        opens(chan, "o", "Overview")
        chan.does(F6, "─ Go to")
        chan.does("h", "Show: [all]")
        chan.does(F6, "SAMPLE-2026")
        chan.settle()
        tell.picture(chan.screen, "board", "The board after the visit")
        chan.does(ENTER, "eminder")
        chan.settle()
        tell.picture(chan.screen, "reminder", "The reminder, ready to send")
        chan.does(ESCAPE)
        assert chan.leaves() == 0
