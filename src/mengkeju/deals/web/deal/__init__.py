"""A deal: the list, its page, particulars, parties, signing lists."""
