"""What holds for all tests: none of them looks at how long something takes."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# A slow or busy machine is no mistake of the program.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

LONGEST = ("test_cli_docs.py", "test_two_days.py", "test_three_people.py")


@pytest.fixture(autouse=True, scope="module")
def _own_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing; what the program keeps outside its data folders stays with the file of tests; nobody's own is touched.

    One for the whole file: a data folder made for several of its tests stays on one laptop and is no copy.
    """
    state = str(tmp_path_factory.mktemp("state"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", state)
        patch.setenv("LOCALAPPDATA", state)
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Nothing; the longest files come first, so that no worker waits for one at the end."""
    items.sort(key=lambda item: item.path.name not in LONGEST)
