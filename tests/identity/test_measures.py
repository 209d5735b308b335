import pytest

from tests.benchmarks.identity.measures import b_cubed, calibration_error, cluster_score, pair_score

TRUTH = ["a", "a", "a", "b", "b"]


def test_the_truth_itself_scores_full() -> None:
    assert cluster_score(TRUTH, TRUTH).f1 == b_cubed(TRUTH, TRUTH).f1 == 1.0


def test_one_row_in_the_wrong_group() -> None:
    found = [1, 1, 2, 2, 2]
    # Pairs said: 01 23 24 34; right: 01 34; true: 01 02 12 34.
    assert cluster_score(found, TRUTH) == (0.5, 0.5)
    assert b_cubed(found, TRUTH) == (
        pytest.approx((1 + 1 + 1 / 3 + 2 / 3 + 2 / 3) / 5),
        pytest.approx((2 / 3 * 2 + 1 / 3 + 2) / 5),
    )


def test_pairs_are_scored_against_all_true_ones() -> None:
    assert pair_score([(0, 1), (0, 3)], TRUTH) == (0.5, 0.25)


def test_calibration_is_off_by_what_the_words_promise_too_much() -> None:
    assert calibration_error([(0.95, True), (0.95, False)]) == pytest.approx(0.45)
