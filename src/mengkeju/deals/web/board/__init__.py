"""The two-sided board of what nobody has answered."""
