"""What is not let in: a forged, a revoked, a damaged and a half-copied bundle."""

import re

from tests.keyboard import DOWN, ESCAPE, F6, F7
from tests.three_people.hands import data, entries, forged_bundle
from tests.three_people.world import CONFLICTS, LEAD, LEE, NAMES, SHARED, VISIT, WONG, World


def turned_away(world: World) -> None:
    """Forged, revoked, damaged, cut short: each is held back or refused with its reason, and nothing of it counts."""
    tell = world.telling
    tell.scene(
        "23 November: what is not let in",
        "Wong's laptop was stolen on the train: the lead takes it off the roster, and what it has delivered stays. "
        "Somebody writes on it all the same and pushes. A stranger puts a bundle into the folder that looks like "
        "Lee's work with other answers. Of two bundles of Lee, encrypted, one was damaged by a bad stick and one "
        "copied half. Each is held back or refused with its reason; nothing of any of them stands in the ledger. The "
        "lead removes the two spoilt files from the folder, and the next push of Lee brings the same work whole.",
    )
    world.command(LEAD, "2026-11-23T09:00", "trust", "revoke", NAMES[WONG], "--key", "key", "-o", SHARED, tell=True)
    before = entries(world, LEAD)
    shelf = world.bundles()
    world.command(WONG, "2026-11-23T21:00", "comment", VISIT, "plant/drums", "All of it was fine.")
    world.command(WONG, "2026-11-23T21:01", "sync", "push", SHARED)
    late = world.bundles() - shelf
    false = forged_bundle(world)
    spoilt = []
    for number, words in (("1.12", "The hood of line 2 hums."), ("1.13", "The book lies at the gate.")):
        shelf = world.bundles()
        world.command(LEE, "2026-11-24T09:00", "comment", VISIT, number, words)
        world.command(LEE, "2026-11-24T09:01", "sync", "push", SHARED)
        (path,) = [world.shared / name for name in world.bundles() - shelf]
        whole = path.read_bytes()
        half = bytes([whole[-200] ^ 1])
        path.write_bytes(whole[:-300] if spoilt else whole[:-200] + half + whole[-199:])
        spoilt.append(path)
    assert (len(late), len(spoilt)) == (1, 2)
    said = world.command(LEAD, "2026-11-24T10:00", "sync", "pull", SHARED, code=4, tell=True)
    for reason in (
        "Wong Sample (JMV) was taken off the roster before this was written",
        "it says that Lee Sample (VLE) wrote this, but the signature of that laptop does not come with it",
        f"{spoilt[0].name} is encrypted and was damaged or cut short on its way",
        f"{spoilt[1].name} is encrypted and was damaged or cut short on its way",
    ):
        assert re.sub(r"\(\w{3}\)", "", reason) in re.sub(r"\(\w{3}\)", "", said.err), said
    assert entries(world, LEAD) == before
    listed = data(world, LEAD, "2026-11-24T10:05", "quarantine", "list", code=CONFLICTS)["bundles"]
    assert sorted(held["reason"] for each in listed for held in each["held"]) == ["not proven", "revoked"]
    with world.laptop(LEAD, "2026-11-24T10:10") as chan:
        chan.does(F6, "Go to")
        chan.does("h", "Show: [all]")
        chan.shows("held back")
        chan.shows("2 bundles are held back")
        chan.does(F7, "─ Held back")
        chan.settle()
        if "▸ ⚠ Lee Sample" not in chan.screen.text():  # those that came with one pull stand in no order
            chan.does(DOWN, "▸ ⚠ Lee Sample")
            chan.settle()
        tell.picture(chan.screen, "held-back", "What is held back, why, and what to do")
        chan.does(ESCAPE, without="─ Held back")
        assert chan.leaves() == 0
    assert world.command(LEAD, "2026-11-24T10:20", "log", "verify").err.endswith("Problems: 0.\n")
    for path in spoilt:
        path.unlink()
    world.command(LEE, "2026-11-24T11:00", "sync", "push", SHARED)
    world.command(LEAD, "2026-11-24T11:05", "sync", "pull", SHARED)
    came = entries(world, LEAD) - before
    assert len(came) == 2 and came < entries(world, LEE)
    for each in listed:
        world.command(LEAD, "2026-11-24T11:10", "quarantine", "decline", each["bundle"][:8])
    assert data(world, LEAD, "2026-11-24T11:15", "quarantine", "list")["bundles"] == []
    assert entries(world, LEAD) == before | came
    assert false.is_file(), "whatever was turned away stays in the folder, and in the data folder"
