"""One project with more rows in every list of the product than a page of it holds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.models import (
    ApiToken,
    AuditEvent,
    CostHeading,
    EquipmentClass,
    ExchangeRate,
    MaintenanceEntry,
    MaintenancePlan,
    MeasurementUnit,
    PriceDeck,
    Project,
    ProjectMember,
    Scenario,
    SignIn,
    Single,
    SmelterTerms,
    User,
)
from app.models.entered import Entered
from app.models.reference import CostSection, UnitKind, UnitSystem
from tests.crowd import crowded

FIRST = date(2026, 1, 1)


def fill(session: Session, scenario: Scenario, person: User, many: int) -> None:
    """Add so many rows to every list; those of one's own belong to this person."""
    crowded(session, scenario, many)
    _fleet(session, scenario, many)
    _settings(session, many)
    _people(session, scenario.project, person, many)
    gone = datetime.now(UTC)
    for number in range(many):
        plan = Scenario(
            name=f"Option {number}", slug=f"option-{number}", start=FIRST, periods=scenario.periods
        )
        plan.project_id = scenario.project_id
        other = Project(name=f"Mine {number}", slug=f"mine-{number}", currency="USD")
        left = Project(name=f"Left {number}", slug=f"left-{number}", currency="USD", deleted_at=gone)
        event = AuditEvent(actor_id=person.id, action="exported", subject="project", subject_id="1")
        session.add_all([plan, other, left, event])
    session.flush()
    session.expire_all()


def _fleet(session: Session, scenario: Scenario, many: int) -> None:
    hours = Entered((5000.0,), "h")
    truck = EquipmentClass(scenario_id=scenario.id, name="Haul trucks of 220 t", hours=hours)
    truck.units = Entered((float(many),), "1")
    plan = MaintenancePlan(
        scenario_id=scenario.id, name="Service at 500 h", equipment=truck.name, interval=500.0
    )
    plan.cost = Entered((12.0,), "k¤")
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
    session.add_all([truck, plan])
    for number in range(many):
        entry = MaintenanceEntry(
            scenario_id=scenario.id,
            day=FIRST + timedelta(days=number),
            equipment=truck.name,
            plan=plan.name,
            cost=Single(11.5, "k¤"),
            note=f"Truck {number + 1}: filters changed, oil taken for the laboratory",
        )
        session.add(entry)
    session.flush()
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


def _settings(session: Session, many: int) -> None:
    for number in range(many):
        day = FIRST - timedelta(days=number)
        rate = ExchangeRate(currency="CAD", quoted_in="USD", as_of=day, rate=0.73, source="Survey")
        deck = PriceDeck(name=f"Survey of brokers {number}", as_of=day, source="Survey", first_year=2026)
        terms = SmelterTerms(name=f"Smelter {number}", as_of=day, source="Survey")
        unit = MeasurementUnit(
            code=f"skip{number}", label=f"Skip {number}", factor=2.0, position=1000 + number
        )
        unit.kind, unit.system = UnitKind.MASS, UnitSystem.METRIC
        heading = CostHeading(
            code=f"heading-{number}", label=f"Heading {number}", section=CostSection.CAPITAL
        )
        heading.position = 1000 + number
        session.add_all([rate, deck, terms, unit, heading])
    session.flush()


def _people(session: Session, project: Project, person: User, many: int) -> None:
    soon = datetime.now(UTC) + timedelta(days=9)
    for number in range(many):
        other = User(email=f"colleague{number}@mine.example", name=f"Colleague {number}")
        session.add(other)
        session.flush()
        session.add(ProjectMember(project_id=project.id, user_id=other.id, role=RoleName.ANALYST))
        digest = number.to_bytes(32, "big")
        session.add(SignIn(user_id=person.id, token_digest=digest, expires_at=soon, browser="Firefox/143"))
        token = ApiToken(user_id=person.id, name=f"Program {number}", beginning="cm_abc", token_digest=digest)
        token.scopes, token.expires_at = ["read"], soon
        session.add(token)
    session.flush()
