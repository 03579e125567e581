"""Every table of CalMiner, a file per aggregate. `docs/reference/data-model.md` lists their columns."""

from app.models.audit import AuditEvent
from app.models.base import Base
from app.models.capital import CapitalItem, Closure
from app.models.comment import Comment, CommentMention
from app.models.cost import ConsumptionLine, CostLine
from app.models.defaults import ScenarioDefaults
from app.models.entered import Curve, Entered, Row, Single
from app.models.equipment import EquipmentClass, MaintenanceEntry, MaintenancePlan
from app.models.exchange import ImportDraft
from app.models.fiscal import (
    Depletion,
    DepreciationClass,
    IncomeTaxTerms,
    Interest,
    Levy,
    WorkingCapitalTerms,
)
from app.models.history import RevisionKind, ScenarioRevision
from app.models.market import DeckPrice, PriceDeck, SmelterMetal, SmelterPenalty, SmelterTerms
from app.models.parameter import EnteredRow, Parameter, ParameterCorrelation, ScenarioRate
from app.models.people import (
    ApiToken,
    ExternalIdentity,
    LinkPurpose,
    OneTimeLink,
    Password,
    ProjectMember,
    RecoveryCode,
    Role,
    SecondFactor,
    SignIn,
    Throttle,
    TokenScope,
    User,
    UserRole,
)
from app.models.product import Penalty, Product, ProductMetal, ProductProcess, Stream
from app.models.production import (
    OreSource,
    OreSourceMetal,
    Process,
    ProcessFeed,
    ProcessMetal,
    Stockpile,
    StockpileMetal,
)
from app.models.project import Project
from app.models.reference import CostHeading, Currency, ExchangeRate, MeasurementUnit, SeedEntry
from app.models.scenario import PeriodRun, Scenario
from app.models.simulation import SimulationResult, SimulationRun
from app.models.terms import ValuationTerms
from app.models.value import ScenarioValue

__all__ = [
    "ApiToken",
    "AuditEvent",
    "Base",
    "CapitalItem",
    "Closure",
    "Comment",
    "CommentMention",
    "ConsumptionLine",
    "CostHeading",
    "CostLine",
    "Currency",
    "Curve",
    "DeckPrice",
    "Depletion",
    "DepreciationClass",
    "Entered",
    "EnteredRow",
    "EquipmentClass",
    "ExchangeRate",
    "ExternalIdentity",
    "ImportDraft",
    "IncomeTaxTerms",
    "Interest",
    "Levy",
    "LinkPurpose",
    "MaintenanceEntry",
    "MaintenancePlan",
    "MeasurementUnit",
    "OneTimeLink",
    "OreSource",
    "OreSourceMetal",
    "Parameter",
    "ParameterCorrelation",
    "Password",
    "Penalty",
    "PeriodRun",
    "PriceDeck",
    "Process",
    "ProcessFeed",
    "ProcessMetal",
    "Product",
    "ProductMetal",
    "ProductProcess",
    "Project",
    "ProjectMember",
    "RecoveryCode",
    "RevisionKind",
    "Role",
    "Row",
    "Scenario",
    "ScenarioDefaults",
    "ScenarioRate",
    "ScenarioRevision",
    "ScenarioValue",
    "SecondFactor",
    "SeedEntry",
    "SignIn",
    "SimulationResult",
    "SimulationRun",
    "Single",
    "SmelterMetal",
    "SmelterPenalty",
    "SmelterTerms",
    "Stockpile",
    "StockpileMetal",
    "Stream",
    "Throttle",
    "TokenScope",
    "User",
    "UserRole",
    "ValuationTerms",
    "WorkingCapitalTerms",
]
