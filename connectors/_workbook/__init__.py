"""What a firm's .xlsx workbook is made of, so that a few cells change and every other byte stays."""
