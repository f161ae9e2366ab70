"""Journeys that only one of PortOne's APIs has."""

import pytest

V1_ONLY = pytest.mark.parametrize("generation", ["v1"], indirect=True)
V2_ONLY = pytest.mark.parametrize("generation", ["v2"], indirect=True)
