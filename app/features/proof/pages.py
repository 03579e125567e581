"""The proof of the engine in the browser: every published case, and each claim of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.valuation.proof import CaseProof, Verdict, proof, proof_of
from app.web.navigation import Crumb
from app.web.templating import page
from app.web.tie_outs import Said, said

router = APIRouter(prefix="/proof", include_in_schema=False)

TITLE = "Proof of the engine"
TONES = {Verdict.PRINTED: "good", Verdict.ROUNDING: "info", Verdict.OUTSIDE: "bad"}


@dataclass(frozen=True, slots=True)
class ProofPage:
    """All cases, with the sum of their claims by verdict."""

    cases: Sequence[CaseProof]
    totals: dict[Verdict, int]


@dataclass(frozen=True, slots=True)
class CasePage:
    """One case. tones: how each verdict is coloured. tie_outs: what its rows do not tie to."""

    proof: CaseProof
    tones: dict[Verdict, str]
    tie_outs: Sequence[Said]


@router.get("", name="proof")
def index(request: Request) -> Response:
    """Show every case with how its claims came out."""
    cases = proof()
    totals = {verdict: sum(case.count(verdict) for case in cases) for verdict in Verdict}
    return page(request, "proof/list.html", ProofPage(cases, totals), crumbs=(Crumb(TITLE),))


@router.get("/{case_key}", name="proof_case")
def show(request: Request, case_key: str) -> Response:
    """Show the claims of one case, and its rows year by year."""
    shown = proof_of(case_key)
    crumbs = (Crumb(TITLE, str(request.app.url_path_for("proof"))), Crumb(shown.case.name))
    return page(request, "proof/case.html", CasePage(shown, TONES, said(shown.problems)), crumbs=crumbs)
