"""Monte Carlo simulation of a mine: drivers drawn, the whole economics evaluated, every figure with its
error."""

from app.engine.simulation.check import check
from app.engine.simulation.result import SimulationResult
from app.engine.simulation.run import Progress, simulate

__all__ = ["Progress", "SimulationResult", "check", "simulate"]
