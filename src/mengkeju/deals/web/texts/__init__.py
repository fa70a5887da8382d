"""Contract texts of a deal: versions, confirmation, bundle."""
