"""The clock from laboratory to market."""
