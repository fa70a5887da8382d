"""Policy documents as dated data: plain Python, no Django."""
