"""Synthetic studies shared by the map tests."""

import pytest

from tests.maps.studies import make_study


@pytest.fixture(scope="session")
def study():
    return make_study()
