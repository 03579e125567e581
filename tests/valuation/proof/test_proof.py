"""The proof holds, and a wrong engine or a wrong convention breaks it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from app.engine.inputs import MineInputs
from app.engine.kinds import DiscountConvention
from app.errors import NotFound
from app.valuation.proof import Case, CaseProof, Claim, Verdict, proof, proof_of
from app.valuation.proof.claim import row_point
from app.valuation.proof.evidence import Runs
from app.valuation.proof.proving import SEED, prove_mine
from app.valuation.proof.published import PUBLISHED, Published
from app.valuation.proof.rows import Build
from app.valuation.proof.vectors import VECTORS

EVERY = [(case.case.key, claim) for case in proof() for claim in case.claims]


@pytest.mark.parametrize(("key", "claim"), EVERY, ids=[f"{key}-{claim.check.id}" for key, claim in EVERY])
def test_every_claim_holds(key: str, claim: Claim) -> None:
    assert claim.verdict is not Verdict.OUTSIDE, (key, claim.worst)
    assert abs(claim.worst.difference) <= max(claim.check.tolerance, claim.worst.half_unit) * (1 + 1e-9)


def test_every_check_of_every_case_is_claimed_or_left_out_with_a_reason() -> None:
    assert {case.case.key for case in proof()} == {Case.load(name).key for name in (*PUBLISHED, *VECTORS)}
    for proved in proof():
        claimed = [claim.check.id for claim in proved.claims]
        assert [*claimed, *proved.left_out] == [
            *(name for name in proved.case.checks if name not in proved.left_out),
            *proved.left_out,
        ]
        assert all(proved.left_out.values())


def test_headlines_to_the_printed_digit() -> None:
    """What a reader would look up first: each report's own NPV and IRR, where its table is consistent."""
    for key, check in (
        ("berg_pfs_2026", "npv_post_8pct_mid"),
        ("berg_pfs_2026", "irr_post"),
        ("vizcachitas_pfs_2023", "npv_post_8pct_mid"),
        ("vizcachitas_pfs_2023", "physicals_to_npv_post"),
        ("los_ricos_south_fs_2025", "payback"),
        ("whistler_pea_2026", "aisc_by_product"),
        ("fenn_gib_pfs_2025", "cash_cost"),
    ):
        claim = next(claim for claim in proof_of(key).claims if claim.check.id == check)
        assert claim.verdict is Verdict.PRINTED, key


def test_one_year_differs_by_more_than_rounding_and_is_named() -> None:
    """Diamba Sud's last year: tonnes, grade and recovery give 102.2, the report prints 104."""
    beyond = {
        (proved.case.key, claim.check.id): [point.label for point in claim.unexplained]
        for proved in proof()
        for claim in proved.claims
        if claim.unexplained
    }
    assert beyond == {("diamba_sud_fs_2026", "tonnes_grade_recovery_to_revenue"): ["2037"]}


def test_mines_tie_out_but_the_one_whose_table_is_cut() -> None:
    problems = {proved.case.key: [p.field for p in proved.problems] for proved in proof() if proved.problems}
    assert problems == {"buenavista_trs_2025": ["tie_out.working_capital"]}


def again(name: str, change: Callable[[MineInputs], MineInputs]) -> CaseProof:
    """Prove a case with a change planted in every mine of it."""

    def planted(build: Build) -> Build:
        return lambda case: change(build(case))

    published = PUBLISHED[name]
    mines = {key: planted(build) for key, build in published.mines.items()}
    broken = Published(mines, published.evidence, published.left_out)
    return prove_mine(Case.load(name), broken, np.random.default_rng(1), 200)


def outside(proved: CaseProof) -> set[str]:
    return {claim.check.id for claim in proved.claims if claim.verdict is Verdict.OUTSIDE}


def test_a_wrong_discount_offset_is_outside() -> None:
    def late(mine: MineInputs) -> MineInputs:
        return replace(mine, terms=replace(mine.terms, convention=DiscountConvention.END))

    broken = again("01_berg_pfs_2026", late)
    assert broken.failed
    # An IRR does not depend on the offset, nor do rows and unit costs: only the NPVs move.
    assert outside(broken) == {"npv_post_8pct_mid", "npv_pre_8pct_mid", "physicals_to_npv_pre"}


def test_half_a_royalty_is_outside() -> None:
    def halved(mine: MineInputs) -> MineInputs:
        levies = tuple(replace(levy, rate=0.015) for levy in mine.fiscal.levies)
        return replace(mine, fiscal=replace(mine.fiscal, levies=levies))

    broken = outside(again("07_whistler_pea_2026", halved))
    assert {"nsr_royalty_each_year", "lines_to_cf_pre_max", "cash_cost_by_product"} <= broken


def test_a_wrong_exchange_rate_is_outside() -> None:
    broken = outside(again("01_berg_pfs_2026", lambda mine: replace(mine, fx=dict.fromkeys(mine.fx, 1.30))))
    assert "physicals_to_cf_pre_max" in broken


def test_the_first_column_is_as_printed_and_the_others_stay_within_the_rounding() -> None:
    case = Case.load("02_vizcachitas_pfs_2023")
    moved = case.moved(np.random.default_rng(1), 100)
    for name, row in case.rows.items():
        offset = np.abs(moved.rows[name] - row.reshape(-1, 1))
        assert not offset[:, 0].any()
        assert (offset <= case.half_widths[name].reshape(-1, 1) * (1 + 1e-9)).all()
        assert not offset[row == 0].any()
        assert moved.rows[name].shape == (len(row), 1 + 100 + 50)


def test_one_call_with_all_trials_gives_the_printed_case_bit_for_bit() -> None:
    case = Case.load("05_los_ricos_south_fs_2025")
    mines = PUBLISHED["05_los_ricos_south_fs_2025"].mines
    alone, together = Runs(case, mines), Runs(case.moved(np.random.default_rng(1), 50), mines)
    for line, row in alone["physicals"].flow.lines.items():
        assert np.array_equal(row[:, 0], together["physicals"].flow[line][:, 0], equal_nan=True), line


def test_the_proof_repeats_itself() -> None:
    name = "09_diamba_sud_fs_2026"
    first, second = (
        prove_mine(Case.load(name), PUBLISHED[name], np.random.default_rng(SEED), 100) for _ in range(2)
    )
    assert first.claims == second.claims


def test_what_rounding_explains() -> None:
    """Printed 10 to the unit; ours 12, and from 11 to 13 with the inputs moved: one of two is explained."""
    point = row_point(10.0, np.array([12.0, 11.0, 13.0]), 2, 0.5, "1")
    assert (point.difference, point.reach, point.explained) == (2.0, 1.0, 0.5)
    assert not point.is_printed
    assert not point.is_rounding
    near = row_point(10.0, np.array([11.5, 10.5, 12.5]), 2, 0.5, "1")
    assert near.is_rounding
    assert not near.is_printed


def test_a_figure_that_does_not_exist_is_outside() -> None:
    claim = proof_of("berg_pfs_2026").claims[0]
    missing = replace(claim, points=(replace(claim.points[0], ours=float("nan")),))
    assert missing.verdict is Verdict.OUTSIDE


def test_unknown_case() -> None:
    with pytest.raises(NotFound):
        proof_of("no_such_mine")
