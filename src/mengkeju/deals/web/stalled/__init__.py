"""Conversions that stand still."""
