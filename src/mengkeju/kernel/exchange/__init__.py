"""Tables in and out: reading what people bring, understanding it, and writing lists and templates."""

from mengkeju.kernel.exchange.export import About, Column, Kind, csv_chunks, write_xlsx, xlsx_chunks
from mengkeju.kernel.exchange.headers import (
    IGNORE,
    Columns,
    How,
    Suggestion,
    TwoColumnsError,
    chosen_columns,
    recognise,
    suggest,
)
from mengkeju.kernel.exchange.layout import TableColumn
from mengkeju.kernel.exchange.lines import TableRefusedError
from mengkeju.kernel.exchange.rows import Row, Table, read_table
from mengkeju.kernel.exchange.template import TemplateField, build_template
from mengkeju.kernel.exchange.values import ValueRefusedError

__all__ = [
    "IGNORE",
    "About",
    "Column",
    "Columns",
    "How",
    "Kind",
    "Row",
    "Suggestion",
    "Table",
    "TableColumn",
    "TableRefusedError",
    "TemplateField",
    "TwoColumnsError",
    "ValueRefusedError",
    "build_template",
    "chosen_columns",
    "csv_chunks",
    "read_table",
    "recognise",
    "suggest",
    "write_xlsx",
    "xlsx_chunks",
]
