"""A team gets a roster, loses a laptop and finds a stranger's bundle, all by commands."""

import hashlib
from pathlib import Path

import pyrage
import pytest

from assessor_tui.store import keys, wrapped
from tests.cli_world import Laptop, Said, named, new_visit

PASSPHRASE = "a passphrase for tests"


def quick_encrypt(secret: bytes, passphrase: str) -> bytes:
    """As age does, without the second that makes guessing slow; the real one is tried in test_wrapped.py."""
    return b"age-encryption.org/" + hashlib.sha256(passphrase.encode()).digest() + secret


def quick_decrypt(data: bytes, passphrase: str) -> bytes:
    """The other way."""
    head = b"age-encryption.org/" + hashlib.sha256(passphrase.encode()).digest()
    if not data.startswith(head):
        raise pyrage.DecryptError("wrong passphrase")
    return data[len(head) :]


class World:
    """A lead with a visit, an assessor and a stranger, each with a data folder; one stick."""

    def __init__(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = tmp_path
        self.ann = named(tmp_path / "ann", capsys, "Ann", "lead")
        self.bob = named(tmp_path / "bob", capsys, "Bob", "assessor")
        self.eve = named(tmp_path / "eve", capsys, "Eve", "assessor")
        self.visit = new_visit(self.ann)
        self.ann.ok("bundle", "make", "alpha", "--invite", "-o", tmp_path / "invite")
        for laptop in (self.bob, self.eve):
            laptop.ok("merge", tmp_path / "invite")

    def init(self) -> Said:
        return self.ann.ok("trust", "init", self.folder / "stick", "-o", self.folder / "rosters")

    def enrol(self, laptop: Laptop, role: str = "assessor") -> Said:
        """The laptop asks, its fingerprint is read aloud, the lead signs."""
        path = laptop.ok("trust", "request", "-o", self.folder / "requests").out.strip()
        read = laptop.ok("trust", "fingerprint").out.strip()
        return self.ann(
            "trust", "sign", path, "--role", role, "--key", self.folder / "stick", "--fingerprint", read,
            "-o", self.folder / "rosters",
        )  # fmt: skip

    def use(self, laptop: Laptop) -> Said:
        """The laptop takes the newest roster, the scheme's fingerprint compared."""
        read = self.ann.ok("trust", "list", "--json").data["fingerprint"]
        newest = max((self.folder / "rosters").iterdir(), key=lambda path: path.stat().st_mtime_ns)
        return laptop.ok("trust", "use", newest, "--fingerprint", read)

    def deliver(self, laptop: Laptop, words: str) -> Said:
        """An answer of this laptop comes to the lead's."""
        laptop.ok("answer", "alpha", "visit_header/contact_details", words)
        path = laptop.ok("bundle", "make", "alpha", "--delta", "-o", self.folder / "back").out.strip()
        return self.ann("merge", path, "--json")


@pytest.fixture
def world(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("ASSESSOR_SCHEME_PASSPHRASE", PASSPHRASE)
    monkeypatch.setattr(pyrage.passphrase, "encrypt", quick_encrypt)
    monkeypatch.setattr(pyrage.passphrase, "decrypt", quick_decrypt)
    return World(tmp_path, capsys)


def test_a_team_without_a_roster_is_told_so(world: World) -> None:
    said = world.ann("trust", "list")
    assert said.code == 3 and "Unsigned team" in said.err
    assert "Unsigned team" in world.ann("merge", world.folder / "invite").err


def test_a_stranger_waits_a_member_goes_in_and_who_is_revoked_no_longer_does(world: World) -> None:
    world.init()
    assert world.enrol(world.bob).code == 0
    world.use(world.bob)
    said = world.deliver(world.bob, "call Bob")
    assert (said.code, said.data["files"][0]["held"]) == (0, [])
    said = world.deliver(world.eve, "call Eve")
    (held,) = said.data["files"][0]["held"]
    assert (said.code, held["reason"], said.data["files"][0]["new"]) == (3, "unknown", 0)
    listed = world.ann("quarantine", "list", "--json")
    (waiting,) = listed.data["bundles"]
    assert (listed.code, waiting["sender"], waiting["entries"]) == (3, "Eve", 1)
    shown = world.ann("quarantine", "show", waiting["bundle"][:6])
    assert shown.code == 3 and "not on the roster" in shown.out and "trust request" in shown.err
    assert world.ann.ok("quarantine", "decline", waiting["bundle"][:8]).out == ""
    assert world.ann("quarantine", "list").code == 0
    # The roster lists her at last: what was declined stays out until a person accepts it.
    assert world.enrol(world.eve).code == 0
    assert world.ann.ok("quarantine", "list", "--all", "--json").data["bundles"][0]["state"] == "declined"
    assert world.ann("quarantine", "accept", waiting["bundle"][:8], "--json").data["files"][0]["new"] == 1
    world.ann.ok("trust", "revoke", "bob", "--key", world.folder / "stick", "-o", world.folder / "rosters")
    said = world.deliver(world.bob, "after the theft")
    assert [each["reason"] for each in said.data["files"][0]["held"]] == ["revoked"]
    people = {each["person"]: each["revoked"] for each in world.ann.ok("trust", "list", "--json").data["people"]}
    assert people == {"Ann": False, "Bob": True, "Eve": False}
    again = world.enrol(world.bob)
    assert again.code == 4 and "revoked" in again.err


def test_what_was_held_back_goes_in_by_itself_with_the_new_roster(world: World) -> None:
    world.init()
    assert world.deliver(world.bob, "call Bob").code == 3
    said = world.enrol(world.bob)
    assert "1 bundle that was held back is let in now." in said.err
    assert world.ann("quarantine", "list").code == 0


def test_a_fingerprint_that_differs_from_what_was_read_puts_nobody_on_the_roster(world: World) -> None:
    world.init()
    path = world.eve.ok("trust", "request", "-o", world.folder / "requests").out.strip()
    read = world.bob.ok("trust", "fingerprint").out.strip()
    said = world.ann("trust", "sign", path, "--key", world.folder / "stick", "--fingerprint", read)
    assert said.code == 4 and "not what was read to you" in said.err
    assert len(world.ann.ok("trust", "list", "--json").data["people"]) == 1


def test_only_the_right_stick_with_the_right_passphrase_changes_the_roster(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.init()
    world.bob.ok("trust", "init", world.folder / "other stick", "-o", world.folder / "other")
    for key, words in (("other stick", "not the one of this team"), ("nowhere", "no scheme key")):
        said = world.ann("trust", "revoke", "Ann", "--key", world.folder / key)
        assert said.code == 4 or words in said.err
    path = world.eve.ok("trust", "request", "-o", world.folder / "requests").out.strip()
    read = world.eve.ok("trust", "fingerprint").out.strip()
    arguments = ("trust", "sign", path, "--fingerprint", read, "--key")
    assert "not the one of this team" in world.ann(*arguments, world.folder / "other stick").err
    assert "no scheme key" in world.ann(*arguments, world.folder / "nowhere").err
    monkeypatch.setenv("ASSESSOR_SCHEME_PASSPHRASE", "wrong")
    assert world.ann(*arguments, world.folder / "stick").code == 4
    assert world.ann.ok("trust", "list", "--json").data["version"] == 1


def test_the_roster_of_another_scheme_is_an_alarm(world: World) -> None:
    world.init()
    world.eve.ok("trust", "init", world.folder / "eves stick", "-o", world.folder / "eves")
    said = world.ann("merge", world.folder / "eves")
    assert said.code == 3 and "Careful" in said.err and "another scheme" in said.err
    assert [each["person"] for each in world.ann.ok("trust", "list", "--json").data["people"]] == ["Ann"]


def test_the_schemes_key_does_not_stand_in_the_data_folder(world: World) -> None:
    said = world.ann("trust", "init", world.ann.folder / "key")
    assert said.code == 4 and "inside the data folder" in said.err
    assert not (world.ann.folder / "key").exists()


def test_a_role_that_may_do_less_is_refused_and_one_that_may_do_more_is_given(world: World) -> None:
    world.init()
    assert world.enrol(world.bob).code == 0
    assert world.enrol(world.bob, "lead").code == 0
    said = world.enrol(world.bob, "reviewer")
    assert said.code == 4 and "may do less" in said.err
    assert world.enrol(world.bob, "king").code == 2


def test_an_assessor_of_the_roster_does_not_sign(world: World) -> None:
    world.init()
    world.enrol(world.bob)
    world.use(world.bob)
    world.bob.ok("identity", "--name", "Bob", "--role", "lead")
    assert world.bob("sign", "alpha").code == 4


def test_a_locked_key_needs_its_passphrase_for_bundles_and_not_for_answers(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSESSOR_NEW_PASSPHRASE", "a long one")
    world.bob.ok("trust", "protect", "--passphrase")
    wrapped.lock_again()  # another run of the program
    world.bob.ok("answer", "alpha", "visit_header/contact_details", "x")
    arguments = ("bundle", "make", "alpha", "-o", world.folder / "locked")
    said = world.bob(*arguments)
    assert said.code == 2 and "ASSESSOR_PASSPHRASE" in said.err
    monkeypatch.setenv("ASSESSOR_PASSPHRASE", "a long one")
    world.bob.ok(*arguments)
    wrapped.lock_again()


def test_who_forgot_the_passphrase_goes_on_as_a_new_laptop(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    before = world.bob.ok("trust", "fingerprint", "--json").data["device"]
    world.bob.ok("trust", "protect", "--forgotten")
    assert keys.path_of(world.bob.folder, before).with_name(f"{before}.key.forgotten").exists()
    assert world.bob.ok("trust", "fingerprint", "--json").data["device"] != before
    assert world.bob.ok("log", "show", "alpha").out


def test_the_first_roster_is_taken_from_a_file_without_merging_it(world: World) -> None:
    world.init()
    path = next((world.folder / "rosters").iterdir())
    said = world.bob("trust", "use", path, "--fingerprint", "0000 1111 2222 3333 4444 5555 6666 7777")
    assert said.code == 4 and "No roster with this fingerprint" in said.err
    assert world.bob("trust", "list").code == 3
    assert world.bob("trust", "use", world.folder / "invite" / "none.zip").code == 4
    assert world.use(world.bob).code == 0
    assert "not on it" in world.bob.ok("trust", "list").err


def test_a_roster_that_many_bundles_bring_is_told_once_and_files_by_their_names(world: World) -> None:
    world.init()
    for words in ("one", "two", "three"):
        world.ann.ok("answer", "alpha", "visit_header/contact_details", words)
        world.ann.ok("bundle", "make", "alpha", "-o", world.folder / "stick of today")
    said = world.bob("merge", world.folder / "stick of today")
    assert said.out.count("\n") == 3 and "stick of today" not in said.out
    assert said.err.count("The roster of a team has come.") == 1
