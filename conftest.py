"""Hypothesis profiles, every field stated, and one BLAS and torch thread a worker."""

import os

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.database import DirectoryBasedExampleDatabase

os.environ.setdefault("OMP_NUM_THREADS", "1")
pytest_plugins = ["pytester"]

EVERY_PHASE = (Phase.explicit, Phase.reuse, Phase.generate, Phase.target, Phase.shrink)
COMMON = {
    "deadline": None,
    "stateful_step_count": 50,
    "report_multiple_bugs": False,
    "suppress_health_check": (HealthCheck.too_slow, HealthCheck.data_too_large),
    "verbosity": Verbosity.normal,
    "print_blob": True,
    "backend": "hypothesis",
    "phases": EVERY_PHASE,
}
# A profile registered under CI=true inherits derandomize=True and database=None: so nothing is left to inherit.
KEPT = DirectoryBasedExampleDatabase(".hypothesis/examples")
settings.register_profile("dev", max_examples=50, derandomize=False, database=KEPT, **COMMON)
settings.register_profile("ci", max_examples=25, derandomize=True, database=None, **COMMON)
settings.register_profile("nightly", max_examples=500, derandomize=False, database=KEPT, **COMMON)
settings.register_profile("campaign", max_examples=10_000, derandomize=False, database=KEPT, **COMMON)


def pytest_configure(config: pytest.Config) -> None:
    """Choose the profile: --hypothesis-profile, else HYPOTHESIS_PROFILE, else ci under CI, else dev."""
    if not config.getoption("--hypothesis-profile"):
        settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))
