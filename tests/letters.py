"""Letters that hypothesis may write with. Left to itself it first lists all that UTF-8 can encode: a second
of CPU on a machine that never ran the tests before."""

from hypothesis import strategies as st

ANY = st.characters(exclude_categories=["Cs"])
DIGITS = "0123456789"
