"""Which rows are the same customer (名寄せ): one door, for certain keys and for models to come."""

from tasuki.identity.keys import COMPARED, Key, keys_of
from tasuki.identity.partition import Group, Likely, Party, Review, partition

__all__ = ["COMPARED", "Group", "Key", "Likely", "Party", "Review", "keys_of", "partition"]
