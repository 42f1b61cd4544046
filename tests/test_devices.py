"""Whatever laptops, people, disks, clocks and strangers do: what was acknowledged is there, and only that."""

from hypothesis import HealthCheck, settings

from tests.device_stories import Devices

TestDevices = Devices.TestCase
TestDevices.settings = settings(
    max_examples=12, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
