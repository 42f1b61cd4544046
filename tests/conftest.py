"""What holds for all tests: none of them looks at how long something takes."""

import pytest
from hypothesis import HealthCheck, settings

# A slow or busy machine is no mistake of the program.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

_count = 0


@pytest.fixture(autouse=True)
def _own_state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing; what the program keeps outside its data folders stays with the test, and nobody's own is touched."""
    global _count
    _count += 1
    state = str(tmp_path_factory.getbasetemp() / f"state-{_count}")
    monkeypatch.setenv("XDG_STATE_HOME", state)
    monkeypatch.setenv("LOCALAPPDATA", state)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Nothing; the longest file comes first, so that no worker waits for it at the end."""
    items.sort(key=lambda item: item.path.name != "test_two_days.py")
