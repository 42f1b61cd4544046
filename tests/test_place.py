"""Where a ledger should not stand."""

import pytest

from assessor_tui.store.place import doubtful_place, network_of


def test_an_ordinary_folder_is_fine(tmp_path):
    assert doubtful_place(tmp_path / "assessor") == ""


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("Dropbox", "Dropbox"),
        ("OneDrive - Example Ltd", "OneDrive"),
        ("Google Drive", "Google Drive"),
        ("Mobile Documents", "iCloud Drive"),
        ("坚果云", "坚果云"),
        ("Nextcloud", "Nextcloud"),
    ],
)
def test_folders_of_services_that_copy_are_doubtful(tmp_path, name, service):
    assert doubtful_place(tmp_path / name / "work" / "ledger") == service


def test_folders_marked_by_such_a_service_are_doubtful_whatever_their_name(tmp_path):
    (tmp_path / ".stfolder").mkdir()
    assert doubtful_place(tmp_path / "ledger") == "Syncthing"


def test_a_link_into_a_synced_folder_is_doubtful(tmp_path):
    (tmp_path / "Dropbox" / "ledger").mkdir(parents=True)
    (tmp_path / "work").symlink_to(tmp_path / "Dropbox" / "ledger")
    assert doubtful_place(tmp_path / "work") == "Dropbox"


def test_network_drives_are_known_by_the_table_of_mounts(tmp_path):
    mounts = (
        f"/dev/sda / ext4 rw 0 0\nserver:/x {tmp_path}/share nfs4 rw 0 0\n//s/y {tmp_path}/a\\040b cifs rw 0 0\nodd"
    )
    assert network_of(tmp_path / "share" / "ledger", mounts) == "nfs4"
    assert network_of(tmp_path / "a b", mounts) == "cifs"
    assert network_of(tmp_path / "other", mounts) == ""
    assert network_of(tmp_path, "") == ""
