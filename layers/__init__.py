"""The analysis: tables in, tables out; no files, no network access, no clock."""
