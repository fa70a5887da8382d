"""产业链环节: terms that stand on a chain, a term of another vocabulary; `position` runs from up- to downstream."""

NODES, CHAINS = "chain_node", "cluster"
PARENTS = {NODES: CHAINS}
"""Vocabularies whose terms stand below a term of another vocabulary."""
