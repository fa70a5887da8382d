"""A transfer body's year."""
