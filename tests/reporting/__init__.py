"""Reporting: rollups, and what operators read in them."""
