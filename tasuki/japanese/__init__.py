"""The values of Japanese business records: one file for each kind, each a pure function of the text."""
