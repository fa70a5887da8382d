"""Evidence sheets: what the record says of a subject, signed, to be checked on any machine.

A sheet holds the events it speaks of, the segment of the sealed chain around them, and a statement in words whose rows
each name their event. `check` and `commands` are plain Python: they need no Django, database or settings.
"""
