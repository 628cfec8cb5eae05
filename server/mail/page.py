"""How a letter looks: one column, the brand's name above, who said what, one button.

Mail programs know tables and styles at the elements, and little else; where one knows
`prefers-color-scheme`, the page is dark for who reads in the dark.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from markdown_it import MarkdownIt

from server.mail.parts import Part, Quote

# What people write is shown as in the room, but no picture is loaded into anybody's mail.
_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table")
_markdown.disable("image")

_FONT = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_DARK = """
@media (prefers-color-scheme: dark) {
  .ground { background: #16181d !important; }
  .sheet { background: #1f2229 !important; border-width: 4px 0 0 !important; }
  .sheet, .sheet a { color: #e6e8ee !important; }
  .soft { color: #a4abbb !important; }
  .said { border-color: #333844 !important; }
}
.text > :first-child { margin-top: 0; }
.text > :last-child { margin-bottom: 0; }
pre { white-space: pre-wrap; }
"""
_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>{title}</title><style>{dark}</style></head>
<body class="ground" style="margin:0;background:#f3f4f7">
<table role="presentation" class="ground" width="100%" cellpadding="0" cellspacing="0"
 style="background:#f3f4f7"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" class="sheet" width="100%" cellpadding="0" cellspacing="0"
 style="max-width:600px;background:#fff;border:1px solid #dfe2e9;border-top:4px solid {colour};
border-radius:8px;color:#1d2129;font:16px/1.55 {font};text-align:left;overflow-wrap:anywhere">
{rows}
</table></td></tr></table></body></html>
"""
_ROW = '<tr><td style="padding:{padding}">{content}</td></tr>'
_BRAND = '<strong style="font-size:18px">{}</strong>'
_TEXT = '<div class="text">{}</div>'
_QUOTE = (
    '<div class="said" style="border-left:3px solid #dfe2e9;padding-left:14px">'
    '{name}<div class="text">{body}</div>{files}</div>'
)
_NAME = '<div class="soft" style="color:#5d6575;font-size:14px;padding-bottom:4px">{}</div>'
_FILE = '<div class="soft" style="color:#5d6575;font-size:14px;padding-top:4px">📎 {}</div>'
_BUTTON = (
    '<a href="{link}" style="display:inline-block;background:{colour};color:{ink}!important;'
    'border-radius:6px;padding:10px 18px;font-weight:600;text-decoration:none">{action}</a>'
)


def page_of(
    *,
    title: str,
    brand: str,
    colour: str,
    parts: Iterable[Part],
    link: str | None,
    action: str,
    language: str,
) -> str:
    """The letter as HTML; every text in it is escaped. `colour` is `#rrggbb`."""
    rows = list(_rows(brand, parts))
    if link:
        button = _BUTTON.format(
            link=escape(link), colour=colour, ink=_ink_on(colour), action=escape(action)
        )
        rows.append(_ROW.format(padding="8px 28px 28px", content=button))
    else:
        rows.append(_ROW.format(padding="0 0 16px", content=""))
    return _PAGE.format(
        title=escape(title),
        dark=_DARK,
        colour=colour,
        font=_FONT,
        rows="\n".join(rows),
        language=language,
    )


def _rows(brand: str, parts: Iterable[Part]) -> Iterator[str]:
    if brand:
        yield _ROW.format(padding="24px 28px 4px", content=_BRAND.format(escape(brand)))
    for part in parts:
        yield _ROW.format(padding="12px 28px", content=_shown(part))


def _shown(part: Part) -> str:
    if isinstance(part, Quote):
        files = "".join(_FILE.format(escape(name)) for name in part.files)
        body = _markdown.render(part.body)
        name = _NAME.format(escape(part.name)) if part.name else ""
        return _QUOTE.format(name=name, body=body, files=files)
    return _TEXT.format("<br>".join(map(escape, part.splitlines())))


def _ink_on(colour: str) -> str:
    """White or nearly black, whichever can be read better on a colour."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    light = 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2
    return "#ffffff" if light < 0.2 else "#16181d"
