"""The Standard Safeguarding Dataset (SSD): folders of one CSV or Parquet file a table, to the same events as Annex A and the census."""

from cfanalysis.sources.ssd.columns import count_rows
from cfanalysis.sources.ssd.files import PARQUET, TableFile, table_file
from cfanalysis.sources.ssd.folder import read_ssd, ssd_folders
from cfanalysis.sources.ssd.reading import extract_of
from cfanalysis.sources.ssd.specs import ssd_specs, table_of_fields, table_specs

__all__ = [
    "PARQUET", "TableFile", "count_rows", "extract_of", "read_ssd", "ssd_folders", "ssd_specs", "table_file", "table_of_fields",
    "table_specs",
]  # fmt: skip
