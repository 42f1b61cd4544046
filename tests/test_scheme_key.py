"""The scheme's key signs rosters, stands wrapped in a folder of its own and is never replaced."""

from pathlib import Path

import pytest

from assessor_tui.store.wrapped import WrongPassphrase
from assessor_tui.trust.roster import is_signed
from assessor_tui.trust.scheme_key import NAME, NoSchemeKey, SchemeKeyThere, make, open_key
from tests.trust_worlds import person, roster_of


def test_a_key_is_made_once_and_opens_with_its_passphrase_only(tmp_path: Path) -> None:
    made = make(tmp_path / "stick", "correct horse")
    kept = (tmp_path / "stick" / NAME).read_bytes()
    assert made.private.hex().encode() not in kept
    with pytest.raises(SchemeKeyThere):
        make(tmp_path / "stick", "another horse")
    assert (tmp_path / "stick" / NAME).read_bytes() == kept
    with pytest.raises(WrongPassphrase):
        open_key(tmp_path / "stick", "another horse")
    again = open_key(tmp_path / "stick", "correct horse")
    roster = roster_of(person("Ann").member("lead"))._replace(scheme_key=again.public)
    data, signature = again.sign(roster)
    assert is_signed(data, signature, made.public)


def test_where_there_is_no_key_it_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoSchemeKey):
        open_key(tmp_path, "x")
    (tmp_path / NAME).mkdir()
    with pytest.raises(NoSchemeKey):
        open_key(tmp_path, "x")
