"""Where the work lies on this computer."""

from pathlib import Path

import pytest

from assessor_tui.config import data_folder, markers_folder, shipped, short_path


def test_an_option_goes_before_the_environment_and_that_before_the_system(tmp_path: Path) -> None:
    environment = {"ASSESSOR_DATA": str(tmp_path / "named")}

    assert data_folder(tmp_path / "option", environment) == tmp_path / "option"
    assert data_folder(None, environment) == tmp_path / "named"
    assert data_folder(None, {}).name == "assessor"


def test_markers_stand_outside_of_every_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    assert markers_folder().name == "markers"
    assert not markers_folder().is_relative_to(data_folder(None, {}))


def test_forms_and_samples_come_with_the_program() -> None:
    assert (shipped("forms") / "gate.yaml").is_file()
    assert (shipped("sample_sites") / "battery_maker").is_dir()


def test_a_path_below_home_is_said_shortly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))

    assert short_path(tmp_path / "home" / "assessor" / "inbox") == str(Path("~") / "assessor" / "inbox")
    assert short_path(tmp_path / "elsewhere") == str(tmp_path / "elsewhere")
    assert short_path(tmp_path / "home") == str(tmp_path / "home")
