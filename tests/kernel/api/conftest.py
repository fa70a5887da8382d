import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def sample(settings: Settings) -> None:
    """The sample API beside the site."""
    settings.ROOT_URLCONF = "tests.kernel.api.sample"
