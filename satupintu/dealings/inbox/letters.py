# SPDX-License-Identifier: Apache-2.0
"""An agency's markdown, made into HTML that can do nothing but be read.

Three walls: the parser knows no HTML and no images; links lead to https addresses only, and say
to which host; what comes out passes an allow-list. (The page's policy runs no script anyway.)
"""

import re
from collections.abc import MutableMapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape

_TAGS = {
    *("p", "br", "hr", "strong", "em", "blockquote", "ul", "ol", "li", "code", "pre"),
    *("h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
    *("a", "div", "span"),
}
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "div": {"tabindex"}}
_CLASSES = {"div": {"table"}, "span": {"small", "soft", "no-print"}}
# Other alphabets arrive here as punycode, and are shown so: look-alikes then look different.
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
# Letters quote and list two or three levels deep; a hostile one goes to thousands.
_DEEPEST = 12


def _is_safe_link(address: str) -> bool:
    """Only absolute https: a relative link could end the reader's own session."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        return parts.scheme == "https" and parts.username is None and bool(_HOST.fullmatch(host))
    except ValueError:
        return False


class _LetterRenderer(RendererHTML):
    def table_open(
        self, tokens: Sequence[Token], index: int, options: Any, env: MutableMapping[str, Any]
    ) -> str:
        """A wide table scrolls in a box of its own, reachable by keyboard."""
        return '<div class="table" tabindex="0"><table>\n'

    def table_close(
        self, tokens: Sequence[Token], index: int, options: Any, env: MutableMapping[str, Any]
    ) -> str:
        return "</table></div>\n"

    def link_open(
        self, tokens: Sequence[Token], index: int, options: Any, env: MutableMapping[str, Any]
    ) -> str:
        address = str(tokens[index].attrs["href"])
        # The parser asks `validateLink` of every address but the empty one.
        env["href"] = address if _is_safe_link(address) else ""
        env["is_bare"] = tokens[index].info == "auto"
        return f'<a href="{escape(address)}">' if env["href"] else ""

    def link_close(
        self, tokens: Sequence[Token], index: int, options: Any, env: MutableMapping[str, Any]
    ) -> str:
        """Words can lie about where a link leads; the host beside them cannot."""
        if not env["href"]:
            return ""
        if env["is_bare"]:
            return "</a>"
        host = urlsplit(env["href"]).hostname
        return f'</a> <span class="small soft no-print">({escape(host)})</span>'


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt(
        "commonmark", {"html": False, "maxNesting": _DEEPEST}, renderer_cls=_LetterRenderer
    )
    parser.enable("table").disable(["image", "html_block", "html_inline"])
    parser.validateLink = _is_safe_link  # type: ignore[method-assign,assignment]
    return parser


_parser = _make_parser()


def _put_headings_in_order(tokens: Sequence[Token]) -> None:
    """The page's title is the only h1, and no level is left out: agencies choose the number of
    signs by size, and a screen reader's list of headings must still make sense."""
    above: list[str] = []
    for token in tokens:
        if token.type == "heading_open":
            while above and above[-1] >= token.tag:
                above.pop()
            above.append(token.tag)
        if token.type in {"heading_open", "heading_close"}:
            token.meta["level"] = min(len(above) + 1, 6)
    for token in tokens:
        if "level" in token.meta:
            token.tag = f"h{token.meta['level']}"


def render_letter(markdown: str) -> Markup:
    """HTML for the letter page. Any text is accepted; what is not allowed stays visible as
    text or goes."""
    env: dict[str, Any] = {}
    tokens = _parser.parse(markdown, env)
    _put_headings_in_order(tokens)
    html = _parser.renderer.render(tokens, _parser.options, env)
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        allowed_classes=_CLASSES,
        url_schemes={"https"},
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(clean)  # noqa: S704 - this is the one place that may say so
