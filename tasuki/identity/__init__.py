"""Which rows are the same customer (名寄せ): one door, for certain keys and for models to come."""

from tasuki.identity.keys import Key, keys_of
from tasuki.identity.partition import Group, Party, Review, partition

__all__ = ["Group", "Key", "Party", "Review", "keys_of", "partition"]
