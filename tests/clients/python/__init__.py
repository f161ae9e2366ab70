"""Tests of the Python client, over HTTP, against the app."""
