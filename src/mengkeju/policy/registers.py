"""What policy registers with the kernel: nothing yet; its documents are read now, for a wrong one stops the start."""

from mengkeju.policy import queries

queries.shelf()
