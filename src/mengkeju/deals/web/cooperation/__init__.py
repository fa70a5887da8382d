"""Packages, funding, terms and yearly results of a deal."""
