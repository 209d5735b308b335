"""Keeps a model in a file, and takes and gives the settings of Splink, for masters beyond one machine."""

from collections.abc import Mapping, Sequence
from math import log2
from pathlib import Path
from typing import Any

import orjson

from tasuki.errors import UserError
from tasuki.identity.kinds import KINDS, Level, Test
from tasuki.identity.model import Learned, Model
from tasuki.identity.table import Field

VERSION = 1


def save(model: Model, path: Path) -> None:
    path.write_bytes(dump(model))


def dump(model: Model) -> bytes:
    """Every float to its last bit; values only as hashes."""
    told = {
        "tasuki_model": VERSION,
        "rows": model.rows,
        "crowd": model.crowd,
        "prior": model.prior,
        "fields": [
            {
                "name": learned.field.name,
                "kind": learned.field.kind,
                "m": learned.m,
                "u": learned.u,
                "r": learned.r,
                "filled": learned.filled,
                "common": {str(key): count for key, count in sorted(learned.common.items())},
            }
            for learned in model.fields
        ],
    }
    return orjson.dumps(told, option=orjson.OPT_INDENT_2)


def load(path: Path) -> Model:
    """A model of ours or settings of Splink. Raises UserError TSK-6005."""
    try:
        told = orjson.loads(path.read_bytes())
        return parse(told) if "tasuki_model" in told else from_splink(told)
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise UserError("TSK-6005", path.name, problem=type(error).__name__) from None


def parse(told: Mapping[str, Any]) -> Model:
    if told["tasuki_model"] != VERSION:
        raise ValueError("version")
    fields = tuple(
        Learned(
            Field(one["name"], one["kind"]),
            _shares(one["kind"], one["m"]),
            _shares(one["kind"], one["u"]),
            _shares(one["kind"], one["r"]),
            {int(key): count for key, count in one["common"].items()},
            one["filled"],
        )
        for one in told["fields"]
    )
    same, neighbour, namesake = told["prior"]
    return Model(fields, (same, neighbour, namesake), told["rows"], told["crowd"])


def _shares(kind: str, numbers: Sequence[float]) -> tuple[float, ...]:
    if len(numbers) != len(KINDS[kind].levels) or not all(0 < number <= 1 for number in numbers):
        raise ValueError(kind)
    return tuple(map(float, numbers))


# --- Splink ---------------------------------------------------------------------------------------------


def to_splink(model: Model, dialect: str = "spark") -> dict[str, Any]:
    """Settings for columns <field>_<part> that hold our folded parts; neighbours and namesakes stay behind.

    Format: moj-analytical-services/splink, settings JSON of versions 4 and 5.
    """
    chance = 2.0 ** model.prior[0]
    return {
        "link_type": "dedupe_only",
        "sql_dialect": dialect,
        "unique_id_column_name": "unique_id",
        "probability_two_random_records_match": chance / (1 + chance),
        "blocking_rules_to_generate_predictions": [
            {"blocking_rule": f"l.{learned.field.name}_0 = r.{learned.field.name}_0", "sql_dialect": dialect}
            for learned in model.fields
        ],
        "comparisons": [_comparison(learned) for learned in model.fields],
    }


def _comparison(learned: Learned) -> dict[str, Any]:
    name = learned.field.name
    levels: list[dict[str, Any]] = [
        {
            "sql_condition": f'"{name}_0_l" IS NULL OR "{name}_0_r" IS NULL',
            "label_for_charts": "missing",
            "is_null_level": True,
        }
    ]
    for rule, m, u in zip(learned.field.rules.levels, learned.m, learned.u, strict=True):
        level = {"sql_condition": _condition(name, rule), "label_for_charts": rule.label}
        levels.append(level | {"m_probability": m, "u_probability": u} | _frequency(name, rule))
    described = {"output_column_name": name, "comparison_description": learned.field.kind}
    return described | {"comparison_levels": levels}


def _frequency(name: str, rule: Level) -> dict[str, Any]:
    return {"tf_adjustment_column": f"{name}_0", "tf_adjustment_weight": 1.0} if rule.label == "same" else {}


def _condition(name: str, rule: Level) -> str:
    return " AND ".join(_sql(name, test) for test in rule.tests) or "ELSE"


def _sql(name: str, test: Test) -> str:
    left, right = f'"{name}_{test.part}_l"', f'"{name}_{test.part}_r"'
    return {
        "equal": f"{left} = {right} AND {left} <> ''",
        "alike": f"{left} = {right}",
        "differs": f"{left} <> {right} AND {left} <> '' AND {right} <> ''",
        "jaro_winkler": f"jaro_winkler_similarity({left}, {right}) >= {test.least}",
        "edits": f"damerau_levenshtein({left}, {right}) <= {test.least:.0f}"
        f" AND length({left}) > 3 AND length({right}) > 3",
        "numbered": f"regexp_replace({left}, '[0-9一二三四五六七八九十]+', '#') = "
        f"regexp_replace({right}, '[0-9一二三四五六七八九十]+', '#') AND {left} <> {right}",
        "extends": f"({left} LIKE concat({right}, '%') OR {right} LIKE concat({left}, '%')"
        f" OR {left} LIKE concat('%', {right}) OR {right} LIKE concat('%', {left}))",
    }[test.metric]


def from_splink(told: Mapping[str, Any]) -> Model:
    """A model from settings whose comparisons and levels bear our names, as `to_splink` gives them.

    Splink keeps no value frequencies and no neighbours: these start as untrained.
    """
    chance = told["probability_two_random_records_match"]
    fields = []
    for comparison in told["comparisons"]:
        kind = comparison["comparison_description"]
        by_label = {level["label_for_charts"]: level for level in comparison["comparison_levels"]}
        levels = [by_label[rule.label] for rule in KINDS[kind].levels]
        m = _shares(kind, [level["m_probability"] for level in levels])
        u = _shares(kind, [level["u_probability"] for level in levels])
        fields.append(Learned(Field(comparison["output_column_name"], kind), m, u, u, {}, 0))
    base = _log_odds(chance)
    return Model(tuple(fields), (base, base - 3, base - 3), 0, 1.0)


def _log_odds(chance: float) -> float:
    return log2(chance / (1 - chance))
