"""Offers and gaps of a deal."""
