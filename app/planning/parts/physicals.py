"""Rock: where it is mined, where it waits, where it is processed."""

from __future__ import annotations

from app.models import (
    OreSource,
    OreSourceMetal,
    Process,
    ProcessFeed,
    ProcessMetal,
    Stockpile,
    StockpileMetal,
)
from app.planning.parts.part import Field, Part

F = Field

PHYSICALS = (
    Part(
        "sources",
        "Ore sources",
        "ore source",
        "production",
        OreSource,
        ("sources",),
        (
            F("name"),
            F("ore", "Ore mined", schedule=True, begins=True),
            F("waste", "Waste mined", schedule=True, begins=True),
            F("reserve", help="What may be mined over the life. More than that is a warning."),
            F("note"),
        ),
        help="A pit, a stope or an ore type.",
    ),
    Part(
        "source_metals",
        "Grades of the ore mined",
        "grade of an ore source",
        "production",
        OreSourceMetal,
        ("sources", "metals"),
        (
            F("source", "Ore source", refers="sources", fixed=True),
            F("metal", help="Its symbol, such as Au or Cu."),
            F("grade", "Grade mined", schedule=True),
        ),
        naming=("source", "metal"),
        parents=(("source", "name"),),
    ),
    Part(
        "stockpiles",
        "Stockpiles",
        "stockpile",
        "production",
        Stockpile,
        ("stockpiles",),
        (
            F("name"),
            F("source", "Ore source", refers="sources"),
            F("opening", "Opening tonnage"),
            F("note"),
        ),
        help="Ore of one source that waits; drawn at its average grade.",
    ),
    Part(
        "stockpile_metals",
        "Opening grades of stockpiles",
        "opening grade",
        "production",
        StockpileMetal,
        ("stockpiles", "metals"),
        (F("stockpile", refers="stockpiles", fixed=True), F("metal"), F("opening_grade")),
        naming=("stockpile", "metal"),
        parents=(("stockpile", "name"),),
    ),
    Part(
        "processes",
        "Processes",
        "process",
        "production",
        Process,
        ("processes",),
        (
            F("name"),
            F(
                "ore",
                "Ore processed",
                "Empty where its feeds give it.",
                schedule=True,
                begins=True,
                given_by="feeds",
            ),
            F("note"),
        ),
        help="A mill, a leach pad or a plant.",
    ),
    Part(
        "process_metals",
        "Head grades and recoveries",
        "head grade and recovery",
        "production",
        ProcessMetal,
        ("processes", "metals"),
        (
            F("process", refers="processes", fixed=True),
            F("metal"),
            F("grade", "Head grade", "Empty where its feeds give it.", schedule=True, begins=True),
            F("recovery", schedule=True, begins=True),
            F("recovery_curve", help="Recovery by head grade, in place of a value."),
            F(
                "release",
                help="Shares of the recovered metal that come out in the period of the ore and in those after"
                " it, together 100 %, as from a heap under leach. Empty is at once.",
            ),
            F(
                "earlier",
                "From earlier ore",
                "Metal that comes out in each period of ore from before the first one. Empty is none.",
                schedule=True,
            ),
        ),
        naming=("process", "metal"),
        parents=(("process", "name"),),
    ),
    Part(
        "feeds",
        "Feeds",
        "feed",
        "production",
        ProcessFeed,
        ("processes", "feeds"),
        (
            F("process", refers="processes", fixed=True),
            F("source", "Ore source", refers="sources"),
            F("stockpile", refers="stockpiles"),
            F("ore", "Ore fed", schedule=True),
        ),
        naming=("process", "source", "stockpile"),
        parents=(("process", "name"),),
        help="What a process takes from one ore source or from one stockpile.",
    ),
)
