"""Helpers of the test suite: a private PostgreSQL cluster, races between threads, a real browser."""
