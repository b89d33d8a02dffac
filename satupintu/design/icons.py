# SPDX-License-Identifier: Apache-2.0
"""Icons and the mark, drawn into the page: no request, no layout shift, the colour of the text."""

import json
from functools import cache, lru_cache
from pathlib import Path

from markupsafe import Markup

BUILT = Path(__file__).parent / "static" / "design"
BRAND = Path(__file__).parent / "brand"


@cache
def get_drawings() -> dict[str, str]:
    """The inner SVG of each icon, as the build left it."""
    return json.loads((BUILT / "icons.json").read_text("utf-8"))


@lru_cache(maxsize=512)
def draw_icon(name: str, fallback: str | None = None, size: int = 24) -> Markup:
    """An icon beside words that say the same, so that screen readers skip it.

    An unknown name is an error, unless a `fallback` is given: names that come from data need one.
    """
    drawings = get_drawings()
    drawing = drawings[name] if fallback is None else drawings.get(name) or drawings[fallback]
    # Both come from files of ours, and `size` is cast, so nothing here needs escaping.
    return Markup(  # noqa: S704
        f'<svg class="icon" viewBox="0 0 24 24" width="{int(size)}" height="{int(size)}" '
        f'aria-hidden="true" focusable="false">{drawing}</svg>'
    )


@cache
def draw_mark() -> Markup:
    return Markup((BRAND / "mark.svg").read_text("utf-8").strip())  # noqa: S704
