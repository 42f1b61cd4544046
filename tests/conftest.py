"""What holds for all tests: none of them looks at how long something takes."""

from hypothesis import HealthCheck, settings

# A slow or busy machine is no mistake of the program.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
