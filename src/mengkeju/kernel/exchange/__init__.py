"""Reading tables that people bring: CSV and Excel, row by row, with clear refusals."""

from mengkeju.kernel.exchange.headers import Columns, recognise
from mengkeju.kernel.exchange.rows import Row, Table, TableRefusedError, read_table

__all__ = ["Columns", "Row", "Table", "TableRefusedError", "read_table", "recognise"]
