"""Tasuki: one customer in every business system, carried like the sash of a relay."""
