"""The allocation workbook, one file per sheet."""
