"""Dated figures that are read together with the calendar."""
