"""Add Debian's packages to a CycloneDX document of Python packages.

python scripts/ci/sbom.py PYTHON_JSON DPKG_TSV >SBOM_JSON
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from urllib.parse import quote


def main(python: Path, debian: Path) -> int:
    """Print the whole document."""
    document = json.loads(python.read_text(encoding="utf-8"))
    components = document.setdefault("components", [])
    seen = {component.get("bom-ref") for component in components}
    for line in debian.read_text(encoding="utf-8").splitlines():
        name, version, architecture, status = line.split("\t")
        reference = f"pkg:deb/debian/{quote(name)}@{quote(version, safe='')}?arch={architecture}"
        if status == "installed" and reference not in seen:
            seen.add(reference)
            components.append(
                {"type": "library", "bom-ref": reference, "name": name, "version": version, "purl": reference}
            )
    if len(components) < 2:
        print("sbom.py: there is nothing in it", file=sys.stderr)
        return 1
    json.dump(document, sys.stdout, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
