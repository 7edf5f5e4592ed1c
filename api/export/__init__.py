"""Bulk export: cases and figures as CSV, NDJSON or Parquet, under scope, streamed.

Plain fields of cases of open categories, places rounded to 100 m; nothing that people
wrote. Who may is the domain's action `export`; what, the same filter as `cases`.
"""
