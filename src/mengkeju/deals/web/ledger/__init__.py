"""A registrar's ledger: import, merge desk, differences."""
