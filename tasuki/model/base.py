"""What a canonical model is: named fields, groups decided as one, the code that names a record."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

Type = Literal[
    "text",
    "company_name",
    "person_name",
    "katakana",
    "phone",
    "email",
    "postal_code",
    "address",
    "corporate_number",
    "invoice_number",
    "date",
    "datetime",
    "amount",
    "integer",
    "choice",
    "reference",
]
Sensitivity = Literal["personal", "sensitive", "plain"]


class Field(NamedTuple):
    """One canonical field."""

    name: str
    label: str
    """What people call it, in Japanese."""
    type: Type = "text"
    sensitivity: Sensitivity = "personal"
    choices: tuple[str, ...] = ()
    group: str = ""
    """Fields of one group are decided as one unit: an address never mixes two sources."""
    refers_to: str = ""
    """The model that a reference points at."""


class Shared(NamedTuple):
    """One unit among several sides."""

    unit: str
    fields: tuple[Field, ...]
    """Those that any side knows."""
    of: tuple[tuple[int, tuple[str, ...]], ...]
    """The number of each side that knows some, and which."""


@dataclass(frozen=True)
class Model:
    """One kind of thing that systems share.

    `own_code` names the field that counts as a key only where a sync declares a shared code space (S15).
    """

    name: str
    label: str
    fields: Mapping[str, Field]
    own_code: str = ""

    def with_custom(self, custom: Iterable[Field]) -> "Model":
        extra = {field.name: field for field in custom}
        return Model(self.name, self.label, {**self.fields, **extra}, self.own_code)

    def unit(self, field: str) -> str:
        """The unit a field is decided in: its group, or itself."""
        return self.fields[field].group or field

    def units(self) -> Mapping[str, tuple[str, ...]]:
        """Unit → its fields, in the order of the model."""
        return self._units

    @cached_property
    def _units(self) -> Mapping[str, tuple[str, ...]]:
        units: dict[str, list[str]] = {}
        for field in self.fields:
            units.setdefault(self.unit(field), []).append(field)
        return {unit: tuple(fields) for unit, fields in units.items()}

    def shared(self, sides: tuple[frozenset[str], ...]) -> tuple["Shared", ...]:
        """The units that any of these sides knows, given the fields that each knows."""
        if sides not in self._shared:
            told = (self._told(unit, names, sides) for unit, names in self._units.items())
            self._shared[sides] = tuple(one for one in told if one.fields)
        return self._shared[sides]

    def _told(self, unit: str, names: tuple[str, ...], sides: tuple[frozenset[str], ...]) -> "Shared":
        mine = [(at, tuple(name for name in names if name in side)) for at, side in enumerate(sides)]
        fields = [self.fields[name] for name in names if any(name in known for _, known in mine)]
        return Shared(unit, tuple(fields), tuple(one for one in mine if one[1]))

    @cached_property
    def _shared(self) -> dict[tuple[frozenset[str], ...], tuple["Shared", ...]]:
        # Every customer asks, and they differ in few ways: which systems have him.
        return {}

    def references(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields.values() if field.type == "reference")

    def pointing_at(self, model: str) -> tuple[str, ...]:
        return tuple(field.name for field in self.references() if field.refers_to == model)


def model(name: str, label: str, *fields: Field, own_code: str = "") -> Model:
    return Model(name, label, {field.name: field for field in fields}, own_code)
