"""Turns what a row says of another record (a mail address, a code) into that record, and back (S18)."""

from collections import defaultdict
from collections.abc import Mapping

from tasuki.mapping import REFERENCE, Mapping as SystemMapping
from tasuki.model import MODELS, Model
from tasuki.record import Record
from tasuki.value import folded


class References:
    """Lookups among the records a model points at; a name held by two of them finds neither."""

    def __init__(
        self, model: Model, referred: Mapping[str, Mapping[str, Record]], redirects: Mapping[str, str]
    ) -> None:
        self._fields = model.references()
        self.some = bool(self._fields)
        self._values = referred
        self._redirects = redirects
        self._index: dict[tuple[str, str], dict[str, set[str]]] = {}

    def resolve(self, record: Record) -> tuple[Record, tuple[str, ...]]:
        """The record with entities in its references, and the references that nobody answers to."""
        if not self._fields:
            return record, ()
        resolved = dict(record)
        missing = []
        for field in self._fields:
            if said := record.get(field.name):
                resolved[field.name] = self._find(field.refers_to, said)
                if not resolved[field.name]:
                    missing.append(field.name)
        return resolved, tuple(missing)

    def spell(self, record: Record, mapping: SystemMapping) -> Record:
        """The record with references as this system says them; ready for `to_cells`."""
        if not self._fields:
            return record
        spelled = dict(record)
        for field in self._fields:
            if entity := record.get(field.name):
                now = self._redirects.get(entity, entity)
                value = self._values.get(field.refers_to, {}).get(now, {})
                ways = mapping.fields[field.name].by
                spelled[field.name] = REFERENCE.join(f"{by}={value[by]}" for by in ways if value.get(by))
        return spelled

    def _find(self, model: str, said: str) -> str:
        for part in said.split(REFERENCE):
            by, text = part.split("=", 1)
            found = self._by(model, by).get(folded(MODELS[model].fields[by], text), set())
            if len(found) == 1:
                return next(iter(found))
        return ""

    def _by(self, model: str, by: str) -> dict[str, set[str]]:
        if (model, by) not in self._index:
            index: dict[str, set[str]] = defaultdict(set)
            for entity, value in self._values.get(model, {}).items():
                if text := value.get(by):
                    # What pointed at a merged customer points at the one it is now.
                    index[folded(MODELS[model].fields[by], text)].add(self._redirects.get(entity, entity))
            self._index[model, by] = index
        return self._index[model, by]
