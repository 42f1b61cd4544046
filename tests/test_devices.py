"""Whatever laptops, people, disks, clocks and strangers do: what was acknowledged is there, and only that.

``python -m tests.stress devices`` tells thousands of other stories; these are the same in every run.
"""

from hypothesis import HealthCheck, settings

from tests.device_stories import Devices

TestDevices = Devices.TestCase
TestDevices.settings = settings(
    max_examples=25,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
