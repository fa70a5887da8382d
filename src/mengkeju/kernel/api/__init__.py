"""The API's mechanism: gate, problems, pages, revisions, one-time keys, limits, description. See README.md."""
