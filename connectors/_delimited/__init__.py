"""What a delimited text file is made of, so that a few rows change and every other byte stays."""
