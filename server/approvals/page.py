"""The page that a letter's link opens: it needs no log-in and no script, and decides nothing by
being looked at."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from string import Template
from typing import NamedTuple

from domain.notification.state import Language
from server.approvals.deciding import Asked, LinkState

_PAGE = Template("""<!doctype html>
<html lang="$language"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><meta name="color-scheme" content="light dark">
<title>$title</title><style>
body { margin: 0; padding: 24px 12px; background: #f3f4f7; color: #1d2129;
  font: 16px/1.55 -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif; }
main { max-width: 600px; margin: 0 auto; padding: 24px 28px; background: #fff;
  border: 1px solid #dfe2e9; border-top: 4px solid #3b5bdb; border-radius: 8px;
  overflow-wrap: anywhere; }
h1 { font-size: 20px; margin: 0 0 8px; }
.soft { color: #5d6575; font-size: 14px; }
blockquote { margin: 16px 0; padding-left: 14px; border-left: 3px solid #dfe2e9;
  white-space: pre-wrap; }
label { display: block; margin: 16px 0 4px; }
textarea { width: 100%; box-sizing: border-box; font: inherit; padding: 8px; }
button { font: inherit; font-weight: 600; margin: 16px 8px 0 0; padding: 10px 18px;
  border-radius: 6px; border: 1px solid #3b5bdb; background: #3b5bdb; color: #fff; }
button.no { background: none; color: inherit; border-color: currentColor; }
.wrong { color: #c92a2a; font-weight: 600; }
@media (prefers-color-scheme: dark) {
  body { background: #16181d; color: #e6e8ee; }
  main { background: #1f2229; border-color: #333844; border-top-color: #3b5bdb; }
  .soft { color: #a4abbb; } blockquote { border-color: #333844; } .wrong { color: #ff8787; }
}
</style></head><body><main>
$content
</main></body></html>
""")


class _Words(NamedTuple):
    asks: str
    meta: str
    level: str
    until: str
    reason: str
    approve: str
    refuse: str
    ends: dict[LinkState, str]
    forged: str


_WORDS = {
    Language.EN: _Words(
        asks="Your approval is asked for",
        meta="{requester} · {category} · #{number}",
        level="Level {level} of {levels}.",
        until="This link is good until {until} (UTC), once.",
        reason="Reason (needed to refuse; the requester reads it)",
        approve="Approve",
        refuse="Refuse",
        ends={
            LinkState.LATE: "This link is too old. Decide in the app, or wait for a reminder.",
            LinkState.YOU_APPROVED: "Thank you: you approved it.",
            LinkState.YOU_REFUSED: "You refused it; the requester is told why.",
            LinkState.APPROVED: "It was approved already; nothing is left to decide.",
            LinkState.REFUSED: "Somebody refused it already; nothing is left to decide.",
            LinkState.WITHDRAWN: "It is not asked any more: the ticket is over, or was moved.",
            LinkState.NOT_ASKED: "You are not asked any more: somebody else is in your place.",
        },
        forged="This link is not one of ours. Was it cut off in the mail?",
    ),
    Language.ES: _Words(
        asks="Se pide su aprobación",
        meta="{requester} · {category} · #{number}",
        level="Nivel {level} de {levels}.",
        until="Este enlace vale hasta el {until} (UTC), una sola vez.",
        reason="Motivo (necesario para rechazar; lo leerá quien lo solicita)",
        approve="Aprobar",
        refuse="Rechazar",
        ends={
            LinkState.LATE: "Este enlace ha caducado. Decida en la aplicación o espere un aviso.",
            LinkState.YOU_APPROVED: "Gracias: usted lo ha aprobado.",
            LinkState.YOU_REFUSED: "Usted lo ha rechazado; se comunicará el motivo.",
            LinkState.APPROVED: "Ya ha sido aprobado; no queda nada por decidir.",
            LinkState.REFUSED: "Alguien ya lo ha rechazado; no queda nada por decidir.",
            LinkState.WITHDRAWN: "Ya no se pide: la solicitud terminó o cambió de categoría.",
            LinkState.NOT_ASKED: "Ya no se le pide a usted: otra persona está en su lugar.",
        },
        forged="Este enlace no es nuestro. ¿Se ha cortado en el correo?",
    ),
}


def page_of(asked: Asked, wrong: str = "") -> str:
    """What is asked with a form, or what became of it; `wrong` says what was."""
    words = _WORDS[asked.language]
    if asked.state is not LinkState.OPEN:
        return _page(asked.language, words.asks, f"<h1>{escape(words.ends[asked.state])}</h1>")
    until = datetime.fromtimestamp(asked.link.expires_at // 1000, UTC)
    meta = words.meta.format(
        requester=asked.requester, category=asked.category, number=asked.number
    )
    level = words.level.format(level=asked.link.level + 1, levels=asked.levels)
    good = words.until.format(until=f"{until:%Y-%m-%d %H:%M}")
    parts = [
        f'<p class="soft">{escape(words.asks)}</p><h1>{escape(asked.title)}</h1>',
        f'<p class="soft">{escape(meta)}</p><blockquote>{escape(asked.body)}</blockquote>',
        f'<p class="wrong" role="alert">{escape(wrong)}</p>' if wrong else "",
        '<form method="post">',
        f'<label for="reason">{escape(words.reason)}</label>',
        '<textarea id="reason" name="reason" rows="3" maxlength="500"></textarea>',
        f'<button name="decision" value="approve">{escape(words.approve)}</button>',
        f'<button class="no" name="decision" value="refuse">{escape(words.refuse)}</button>',
        "</form>",
        f'<p class="soft">{escape(level)} {escape(good)}</p>',
    ]
    return _page(asked.language, words.asks, "\n".join(parts))


def page_of_nothing() -> str:
    """For a link that is none of ours: nobody knows who reads it."""
    both = "".join(f"<p>{escape(words.forged)}</p>" for words in _WORDS.values())
    return _page(Language.EN, "Deskwire", both)


def _page(language: Language, title: str, content: str) -> str:
    return _PAGE.substitute(language=language.value, title=escape(title), content=content)
