"""How a mail is fetched, read and told apart: in, out, internal, or the report of a visit or call."""
