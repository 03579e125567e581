"""Sheets of rock: where it is mined, where it waits, where it is processed."""

from __future__ import annotations

from app import models
from app.exchange.registry.sheet import Sheet

SOURCES = Sheet(
    "Ore sources",
    models.OreSource,
    ("sources",),
    "Pits, stopes and ore types.",
    ("name",),
    (
        ("name", "Feeds and stockpiles name it."),
        ("ore", "Ore mined."),
        ("waste", "Waste mined."),
        ("reserve", "What may be mined over the life."),
        ("note", "Where it comes from."),
    ),
)
SOURCE_GRADES = Sheet(
    "Source grades",
    models.OreSourceMetal,
    ("sources", "metals"),
    "The grade of each metal in the ore mined.",
    ("source", "metal"),
    (("source", "An ore source."), ("metal", "Such as Au."), ("grade", "Of the ore mined.")),
    inherited=1,
)
STOCKPILES = Sheet(
    "Stockpiles",
    models.Stockpile,
    ("stockpiles",),
    "Ore of one source that waits.",
    ("name",),
    (
        ("name", "Feeds name it."),
        ("source", "The ore source that fills it."),
        ("opening", "What it holds at the start."),
        ("note", "Where it comes from."),
    ),
)
STOCKPILE_GRADES = Sheet(
    "Stockpile grades",
    models.StockpileMetal,
    ("stockpiles", "metals"),
    "The grade of each metal in what a stockpile holds at the start.",
    ("stockpile", "metal"),
    (("stockpile", "A stockpile."), ("metal", "Such as Au."), ("opening_grade", "At the start.")),
    inherited=1,
)
PROCESSES = Sheet(
    "Processes",
    models.Process,
    ("processes",),
    "Mills, leach pads and plants. Either the ore and its grades are entered, or feeds give both.",
    ("name",),
    (
        ("name", "Feeds and products name it."),
        ("ore", "Ore processed, where no feeds are given."),
        ("note", "Where it comes from."),
    ),
)
RECOVERIES = Sheet(
    "Recoveries",
    models.ProcessMetal,
    ("processes", "metals"),
    "Head grade and recovery of each metal in each process.",
    ("process", "metal"),
    (
        ("process", "A process."),
        ("metal", "Such as Au."),
        ("grade", "Of the feed, where no feeds are given."),
        ("recovery", "Of the metal."),
        ("recovery_curve", "By head grade, in place of a recovery."),
        ("release", "Shares of it that come out in the period of the ore and in those after it."),
        ("earlier", "Metal that comes out of ore from before the first period."),
    ),
    inherited=1,
)
FEEDS = Sheet(
    "Feeds",
    models.ProcessFeed,
    ("processes", "feeds"),
    "What a process takes from an ore source or a stockpile.",
    ("process", "source", "stockpile"),
    (
        ("process", "A process."),
        ("source", "The ore source that it comes from,"),
        ("stockpile", "or the stockpile."),
        ("ore", "What it takes."),
    ),
    inherited=1,
)
