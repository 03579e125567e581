"""A whole project as a file and back: JSON, a workbook, a bundle of CSV files."""
