"""Contract statistics and the records behind every number."""
