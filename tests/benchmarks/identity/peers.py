"""Runs another tool over one set, by itself: `python peers.py splink|goldenmatch SET IN.parquet OUT.parquet`.

Imports nothing of ours, so that any Python that has the tool will do. IN has the columns and unique_id, OUT
gets unique_id and cluster_id of each row; standard output gets user seconds and the peak in MB.
"""

import json
import resource
import sys
from typing import Any

import pandas as pd


def main() -> None:
    tool, name, source, target = sys.argv[1:]
    rows = pd.read_parquet(source)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    found = {"splink": splink, "goldenmatch": goldenmatch}[tool](name.split(" ")[0], rows)
    used = resource.getrusage(resource.RUSAGE_SELF)
    found[["unique_id", "cluster_id"]].to_parquet(target)
    print(json.dumps({"seconds": used.ru_utime - before, "peak_mb": used.ru_maxrss / 1024}))


def splink(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """With the settings of its notebooks; for Japanese masters those that did best on seeds 1 and 2."""
    from splink import Linker, SettingsCreator
    from splink.backends.duckdb import DuckDBAPI

    told = {"febrl4": _febrl, "febrl3": _febrl, "historical_50k": _historical}.get(name, _japanese)()
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=told["blocks"],
        comparisons=told["comparisons"],
    )
    linker = Linker(DuckDBAPI().register(rows), settings, log_level="ERROR")
    training = linker.training
    training.estimate_probability_two_random_records_match(told["certain"], recall=0.8)
    training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for block in told["training"]:
        training.estimate_parameters_using_expectation_maximisation(block)
    pairs = linker.inference.predict(threshold_match_probability=0.05)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, told["threshold"])
    return clusters.as_pandas_dataframe()


def _febrl() -> dict[str, Any]:
    from splink import block_on, comparison_library as cl

    blocks = [
        block_on("given_name", "surname"),
        block_on("soc_sec_id"),
        block_on("date_of_birth"),
        block_on("postcode", "given_name"),
        block_on("postcode", "surname"),
        block_on("address_1", "street_number"),
    ]
    return {
        "blocks": blocks,
        "comparisons": [
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison(
                "date_of_birth", input_is_string=True, datetime_format="%Y%m%d", invalid_dates_as_null=True
            ),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("address_1", [0.9, 0.7]),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
        ],
        "certain": [block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")],
        "training": [block_on("date_of_birth"), block_on("postcode")],
        "threshold": 0.5,
    }


def _historical() -> dict[str, Any]:
    from splink import block_on, comparison_library as cl

    blocks = [
        block_on("postcode_fake", "first_name"),
        block_on("first_name", "surname"),
        block_on("first_name", "dob"),
        block_on("postcode_fake", "dob"),
        block_on("postcode_fake", "surname"),
    ]
    return {
        "blocks": blocks,
        "comparisons": [
            cl.NameComparison("first_name"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison("dob", input_is_string=True, invalid_dates_as_null=True),
            cl.PostcodeComparison("postcode_fake"),
            cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
            cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
        ],
        "certain": [block_on("first_name", "surname", "dob"), block_on("postcode_fake", "dob")],
        "training": [block_on("first_name", "surname"), block_on("dob")],
        "threshold": 0.95,
    }


def _japanese() -> dict[str, Any]:
    from splink import block_on, comparison_library as cl

    blocks = [
        block_on("phone"),
        block_on("town", "block"),
        block_on("name", "postal_code"),
        block_on("kana", "postal_code"),
        block_on("substr(name, 1, 2)", "town"),
        block_on("name", "substr(phone, 1, 5)"),
    ]
    return {
        "blocks": blocks,
        "comparisons": [
            cl.JaroWinklerAtThresholds("name", [0.95, 0.88, 0.8]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("kana", [0.95, 0.88]),
            cl.DamerauLevenshteinAtThresholds("phone", [1]),
            cl.DamerauLevenshteinAtThresholds("postal_code", [1]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("town", [0.9]).configure(term_frequency_adjustments=True),
            cl.LevenshteinAtThresholds("block", [1]),
        ],
        "certain": [block_on("name", "phone"), block_on("name", "town", "block")],
        "training": [block_on("phone"), block_on("town", "block")],
        "threshold": 0.9,
    }


def goldenmatch(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """As it configures itself."""
    import goldenmatch as tool
    import pyarrow

    result = tool.dedupe_df(pyarrow.Table.from_pandas(rows.drop(columns="unique_id"), preserve_index=False))
    cluster = pd.Series(-1 - rows.index, rows.index)
    for number, told in result.clusters.items():
        cluster[told["members"]] = number
    return pd.DataFrame({"unique_id": rows["unique_id"], "cluster_id": cluster})


if __name__ == "__main__":
    main()
