"""Tests of the clients for other people's programs."""
