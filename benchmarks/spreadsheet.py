"""The reference model as a spreadsheet of RAND() and formulas, recalculated by LibreOffice once a trial.

    python -m benchmarks.spreadsheet    prints the time of a recalculation [s] and the mean NPV

Needs `soffice` and a Python that has LibreOffice's `uno`, as Debian's libreoffice-calc and python3-uno bring
them; the machine's own `/usr/bin/python3` is asked to drive the office.
"""

from __future__ import annotations

import math
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.sax.saxutils import quoteattr

from benchmarks.baseline import NAMES, ORE
from benchmarks.measure import Taken
from benchmarks.reference import OUNCE, PATHS, PRICE

PYTHON, PORT, RECALCULATIONS = "/usr/bin/python3", 2083, 300
YEARS = [chr(ord("B") + year) for year in range(20)]
LOW, HIGH = 0.7726080824, 1.4862966269
KAPPA, SIGMA = (float(str(PATHS[0].parameters[name])) for name in ("reversion", "volatility"))
KEEP, SPREAD = math.exp(-KAPPA), SIGMA * math.sqrt((1 - math.exp(-2 * KAPPA)) / (2 * KAPPA))
# One uniform number in column B of rows 1 to 12, the input beside it in column C.
INVERSE = {
    "ore": "BETAINV(u;3.608696;2.391304;0.85;1.08)",
    "grade": "1+0.08*NORMSINV(0.000889+u*0.998222)",
    "recovery": "BETAINV(u;3.8;2.2;0.84;0.94)",
    "strip": "IF(u<0.285714;0.9+SQRT(u*0.035);1.25-SQRT((1-u)*0.0875))",
    "mining_cost": "LOGINV(u;-0.004975;0.099751)",
    "processing_cost": "LOGINV(u;0.005964;0.104402)",
    "site_cost": "0.92+0.2*u",
    "diesel": "GAMMAINV(u;16;0.0625)",
    "capital": "BETAINV(u;1.857143;4.142857;0.9;1.6)",
    "sustaining": f"IF(u<{(1 - LOW) / (HIGH - LOW)};{LOW}+SQRT(u*{(HIGH - LOW) * (1 - LOW)});"
    f"{HIGH}-SQRT((1-u)*{(HIGH - LOW) * (HIGH - 1)}))",
    "closure": "1.1*(-LN(1-u))^(1/3)",
    "refining": "BETAINV(u;2;3;0.8;1.4)",
}
LINES = (
    *("ore0", "ore", "moved", "price", "level", "payable", "revenue", "refining", "opex", "plant", "mine"),
    *("sustaining", "closure", "royalty", "margin", "straight_base", "straight", "units", "income", "gain"),
    *("used", "pool", "tax", "tied", "change", "flow", "factor", "cumulative"),
)
DRIVE = """
import sys, time, uno
from com.sun.star.beans import PropertyValue
context = uno.getComponentContext()
resolver = context.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", context)
for attempt in range(120):
    try:
        place = "uno:socket,host=127.0.0.1,port=%s;urp;StarOffice.ComponentContext" % sys.argv[2]
        office = resolver.resolve(place)
        break
    except Exception:
        time.sleep(0.25)
desktop = office.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", office)
hidden = PropertyValue(); hidden.Name, hidden.Value = "Hidden", True
book = desktop.loadComponentFromURL("file://" + sys.argv[1], "_blank", 0, (hidden,))
cell = book.Sheets.getByIndex(0).getCellRangeByName("B50")
book.calculateAll()
started, npv = time.perf_counter(), 0.0
for trial in range(int(sys.argv[3])):
    book.calculateAll()
    npv += cell.Value
print((time.perf_counter() - started) / int(sys.argv[3]), npv / int(sys.argv[3]))
book.close(True)
try:
    desktop.terminate()
except Exception:
    pass
"""


def available() -> bool:
    """Return whether this machine can drive LibreOffice."""
    if shutil.which("soffice") is None or not Path(PYTHON).exists():
        return False
    return subprocess.run([PYTHON, "-c", "import uno"], capture_output=True, check=False).returncode == 0


def rows() -> list[list[str | float]]:
    """Return the sheet: twelve inputs in rows 1 to 12, the years in columns B to U of rows 20 to 49."""
    place = {name: f"$C${row}" for row, name in enumerate(NAMES, start=1)}
    sheet: list[list[str | float]] = [
        [name, "=RAND()", "=" + INVERSE[name].replace("u", f"B{row}")]
        for row, name in enumerate(NAMES, start=1)
    ]
    sheet += [[] for _ in range(19 - len(sheet))]
    sheet += [[name, *cells] for name, cells in _by_year(place).items()]
    sheet += [[] for _ in range(49 - len(sheet))]
    flow = "B45:U45"
    factors = "B46:U46"
    sheet.append(["npv", f"=SUMPRODUCT({flow};{factors})"])
    sheet.append(["irr", f"=IRR({flow})"])
    return sheet


def _half_variance(years: int) -> float:
    """Return half the variance of the logarithm of the price after some years: its mean stays on the deck."""
    return SIGMA**2 * (1 - math.exp(-2 * KAPPA * years)) / (4 * KAPPA)


def _by_year(x: dict[str, str]) -> dict[str, list[str | float]]:
    """Return the rows of the model from row 20 on, in the order of the formulas' references."""
    found: dict[str, list[str | float]] = {}
    at = {name: 20 + index for index, name in enumerate(LINES)}
    for index, column in enumerate(YEARS):
        last = YEARS[index - 1] if index else ""

        def cell(name: str, of: str = column) -> str:
            return f"{of}{at[name]}"

        def before(name: str, of: str = last) -> str:
            return f"{of}{at[name]}" if of else "0"

        building, producing = (1, 0) if index < 2 else (0, 1)
        first = YEARS[max(index - 7, 0)]
        rest = f"{column}{at['ore']}:U{at['ore']}"
        formulas: dict[str, str | float] = {
            "ore0": float(ORE[index]),
            "ore": f"={cell('ore0')}*{x['ore']}",
            "moved": f"={cell('ore')}+3*{cell('ore0')}*{x['strip']}",
            "price": f"={PRICE * math.exp(-_half_variance(index + 1))}*EXP({cell('level')})",
            "level": f"={KEEP}*{before('level')}+{SPREAD}*NORMSINV(RAND())",
            "payable": f"={cell('ore')}*0.0000014*{x['grade']}*{x['recovery']}*0.9985",
            "revenue": f"={cell('payable')}*{cell('price')}",
            "refining": f"={cell('payable')}*{8 * OUNCE}*{x['refining']}",
            "opex": f"={cell('moved')}*(2.3*{x['mining_cost']}+0.6*{x['diesel']})"
            f"+{cell('ore')}*11.5*{x['processing_cost']}+{14e6 * producing}*{x['site_cost']}",
            "plant": f"={210e6 * building}*{x['capital']}",
            "mine": f"={60e6 * building}*{x['capital']}",
            "sustaining": f"={9e6 * producing}*{x['sustaining']}",
            "closure": f"={45e6 if index == 19 else 0}*{x['closure']}",
            "royalty": f"=0.03*({cell('revenue')}-{cell('refining')})",
            "margin": f"={cell('revenue')}-{cell('refining')}-{cell('royalty')}-{cell('opex')}",
            "straight_base": f"=SUM(B{at['plant']}:D{at['plant']})+{cell('sustaining')}"
            if index == 2
            else (f"={cell('sustaining')}" if index > 2 else 0.0),
            "straight": f"=SUM({first}{at['straight_base']}:{column}{at['straight_base']})/8",
            "units": f"=IF({cell('ore')}>0;(120000000*{x['capital']}-SUM(A{at['units']}:"
            f"{last or 'A'}{at['units']}))*{cell('ore')}/SUM({rest});0)",
            "income": f"={cell('margin')}-{cell('straight')}-{cell('units')}-{cell('closure')}",
            "gain": f"=MAX({cell('income')};0)",
            "used": f"=MIN({before('pool')};{cell('gain')})",
            "pool": f"={before('pool')}-{cell('used')}+MAX(-{cell('income')};0)",
            "tax": f"=0.28*({cell('gain')}-{cell('used')})",
            "tied": f"={cell('revenue')}*20/365-{cell('opex')}*5/365" if index < 19 else 0.0,
            "change": f"={cell('tied')}-{before('tied')}",
            "flow": f"={cell('margin')}-{cell('plant')}-{cell('mine')}-{cell('sustaining')}-{cell('closure')}"
            f"-{cell('change')}-{cell('tax')}",
            "factor": 1.08 ** -(index + 0.5),
            "cumulative": f"={before('cumulative')}+{cell('flow')}",
        }
        for name in LINES:
            found.setdefault(name, []).append(formulas[name])
    return found


def document(sheet: list[list[str | float]]) -> str:
    """Return a flat OpenDocument spreadsheet."""
    body = "".join(
        f"<table:table-row>{''.join(map(_cell, row)) or '<table:table-cell/>'}</table:table-row>"
        for row in sheet
    )
    spaces = {
        "office": "office:1.0",
        "table": "table:1.0",
        "text": "text:1.0",
        "of": "of:1.2",
    }
    names = " ".join(
        f'xmlns:{key}="urn:oasis:names:tc:opendocument:xmlns:{value}"' for key, value in spaces.items()
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {names} office:version="1.2" '
        'office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:body><office:spreadsheet>'
        f'<table:table table:name="mine">{body}</table:table></office:spreadsheet></office:body>'
        "</office:document>"
    )


def _cell(value: str | float) -> str:
    if isinstance(value, str) and value.startswith("="):
        formula = quoteattr(f"of:{_bracketed(value)}")
        return f'<table:table-cell table:formula={formula} office:value-type="float"/>'
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="float" office:value="{value!r}"/>'


def _bracketed(formula: str) -> str:
    """Return a formula with its references as OpenFormula writes them: [.B1], [.B1:.C2]."""
    reference = r"\$?[A-U]\$?[0-9]{1,2}(?![0-9.(])"
    pattern = re.compile(rf"(?<![A-Z0-9.])({reference})(:({reference}))?")
    plain = formula.replace("NORMSINV", "LEGACY.NORMSINV")
    return pattern.sub(lambda found: f"[.{found[1]}" + (f":.{found[3]}]" if found[3] else "]"), plain)


def recalculation(trials: int = RECALCULATIONS) -> tuple[Taken, float]:
    """Return the time of one recalculation and the mean NPV, from a headless LibreOffice.

    Starting the office and loading the sheet are measured once more alone and taken off its processor time.
    """
    idle, _, _ = _session(1)
    busy, wall, npv = _session(trials + 1)
    return Taken(wall, (busy - idle) / trials), npv


def _session(trials: int) -> tuple[float, float, float]:
    """Return of an office that recalculates some times its processor time, the time of a recalculation on the
    clock [s], and the mean NPV."""
    before = _children()
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "mine.fods"
        book.write_text(document(rows()), encoding="utf-8")
        office = subprocess.Popen(
            [
                *("soffice", "--headless", "--norestore"),
                f"-env:UserInstallation=file://{folder}/profile",
                f"--accept=socket,host=127.0.0.1,port={PORT};urp;",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            done = subprocess.run(
                [PYTHON, "-c", DRIVE, str(book), str(PORT), str(trials)],
                capture_output=True,
                text=True,
                check=True,
                timeout=300,
            )
        finally:
            office.terminate()
            office.wait(30)
    wall, npv = map(float, done.stdout.split())
    return _children() - before, wall, npv


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    if not available():
        sys.exit("needs soffice, and /usr/bin/python3 with uno")
    print(*recalculation())
