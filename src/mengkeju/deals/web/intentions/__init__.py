"""Intentions: declared, answered, moved; those that cross the city line."""
