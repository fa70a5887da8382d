"""蒙科聚 Mengkeju: from a technology need to a match, an intention, a contract, on one record."""

__version__ = "0.1.0"
