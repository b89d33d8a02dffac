# SPDX-License-Identifier: Apache-2.0
"""Collects the drawings of the icons named in icons.txt from the npm package lucide-static (ISC).

Run by `make setup`: `python -m demo.agency.build_icons`. The result ships in the wheel and is not
committed.
"""

import json
import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
DRAWINGS = HERE.parents[1] / "node_modules" / "lucide-static" / "icons"


def collect_icons() -> dict[str, str]:
    """The inner drawing of each icon. Raises FileNotFoundError for a name that lucide lacks."""
    names = (HERE / "icons.txt").read_text("utf-8").splitlines()
    icons = {}
    for name in (line.strip() for line in names if line.strip() and not line.startswith("#")):
        drawing = (DRAWINGS / f"{name}.svg").read_text("utf-8")
        inner = drawing[drawing.index(">", drawing.index("<svg")) + 1 : drawing.rindex("</svg>")]
        icons[name] = re.sub(r"\s*\n\s*", "", inner)
    return icons


def main() -> int:
    try:
        icons = collect_icons()
    except FileNotFoundError as error:
        sys.stderr.write(f"{error.filename} is missing: run `make setup`, which brings it.\n")
        return 1
    target = HERE / "icons.json"
    text = json.dumps(icons, indent=0)
    if not target.exists() or target.read_text("utf-8") != text:
        target.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
