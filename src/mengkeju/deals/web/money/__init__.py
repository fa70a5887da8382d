"""Price, instalments and payments of a deal; tax hints."""
