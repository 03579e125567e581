"""The proof of the engine as JSON."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from app.valuation.proof import CaseProof, Claim, Point, Verdict, proof, proof_of

router = APIRouter(prefix="/api/proof", tags=["proof"])


class PointOut(BaseModel):
    """A figure, or one year of a row. low, high, sd: of ours over the rounding of the printed inputs."""

    label: str
    printed: float
    ours: float
    difference: float
    printed_half_unit: float
    low: float
    high: float
    sd: float
    explained: float


class ClaimOut(BaseModel):
    """One check. worst: the figure, or the year that differs most; rows: every year where it is a row.

    rounded_inputs: false where the source's inputs are exact, so that rounding of inputs explains nothing.
    unexplained: years that differ by more than all rounding together.
    """

    check: str
    label: str
    unit: str
    verdict: Verdict
    tolerance: float
    tolerance_basis: str
    rounded_inputs: bool
    to_the_printed_digit: int
    unexplained: list[str]
    worst: PointOut
    rows: list[PointOut]


class CaseOut(BaseModel):
    """One published case and how its claims came out."""

    key: str
    name: str
    source: str
    table: str
    where_found: str
    transcription: str
    caveats: list[str]
    claims_by_verdict: dict[Verdict, int]
    left_out: dict[str, str]
    tie_outs: list[str]
    claims: list[ClaimOut]


@router.get("", summary="Prove the engine on every published case")
def index() -> list[CaseOut]:
    """Return every case with its claims, computed by this process."""
    return [case_out(each) for each in proof()]


@router.get("/{case_key}", summary="Prove the engine on one published case")
def show(case_key: str) -> CaseOut:
    """Return one case with its claims."""
    return case_out(proof_of(case_key))


def case_out(proved: CaseProof) -> CaseOut:
    """Return a case as the API shows it; the command prints the same."""
    case = proved.case
    return CaseOut(
        key=case.key,
        name=case.name,
        source=case.source.title,
        table=case.source.table,
        where_found=case.source.where_found,
        transcription=case.source.transcription,
        caveats=list(case.caveats),
        claims_by_verdict={verdict: proved.count(verdict) for verdict in Verdict},
        left_out=dict(proved.left_out),
        tie_outs=[f"{problem.field}: {problem.value}; {problem.allowed}" for problem in proved.problems],
        claims=[_claim(claim) for claim in proved.claims],
    )


def _claim(claim: Claim) -> ClaimOut:
    return ClaimOut(
        check=claim.check.id,
        label=claim.label,
        unit=claim.unit,
        verdict=claim.verdict,
        tolerance=claim.check.tolerance,
        tolerance_basis=claim.check.basis,
        rounded_inputs=claim.rounded,
        to_the_printed_digit=claim.to_the_digit,
        unexplained=[point.label for point in claim.unexplained],
        worst=_point(claim.worst),
        rows=[_point(point) for point in claim.points] if claim.is_row else [],
    )


def _point(point: Point) -> PointOut:
    return PointOut(
        label=point.label,
        printed=point.printed,
        ours=point.ours,
        difference=point.difference,
        printed_half_unit=point.half_unit,
        low=point.low,
        high=point.high,
        sd=point.sd,
        explained=point.explained,
    )
