"""Registrations as their applicants see them."""
