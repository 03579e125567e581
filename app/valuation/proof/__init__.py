"""The published cases, computed again by the engine: what it claims, and how that can be checked."""

from app.valuation.proof.case import Case, Check, Source
from app.valuation.proof.claim import Claim, Point, Verdict
from app.valuation.proof.proving import CaseProof, proof, proof_of, prove

__all__ = [
    "Case",
    "CaseProof",
    "Check",
    "Claim",
    "Point",
    "Source",
    "Verdict",
    "proof",
    "proof_of",
    "prove",
]
