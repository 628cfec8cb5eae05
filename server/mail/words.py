"""What our letters say, in each language; names, titles and what people wrote go in as they are."""

from __future__ import annotations

from typing import NamedTuple

from domain.notification.state import Language, NoticeKind


class Words(NamedTuple):
    """The words of one language. `{who}` is who did it, `{status}` one of `statuses`."""

    wrote: str
    attached: str
    somebody: str
    assistant: str
    machine: str
    your_request: str
    open_it: str
    open_request: str
    log_in: str
    decide: str
    have_your_request: str
    noted_a_request: str
    several: str
    reason: str
    settings: str
    account: tuple[str, str]
    """What the letter about a new account says: an address goes into the first."""
    lines: dict[NoticeKind, str]
    to_clients: dict[NoticeKind, str]
    statuses: dict[str, str]
    decisions: dict[bool, str]


_EN = Words(
    wrote="{who} wrote:",
    attached="Attached: {name}",
    somebody="Somebody",
    assistant="The assistant",
    machine="Deskwire",
    your_request="Your request",
    open_it="Open it",
    open_request="Open your request",
    log_in="Log in",
    decide="Decide",
    have_your_request="We have your request.",
    noted_a_request="We noted a request for you.",
    several="{count} notices",
    reason="The reason: {reason}",
    settings="What is mailed to you, and when, you choose in your settings.",
    account=(
        "{who} made an account for you at {place}. Log in with the address that this letter came "
        "to.",
        "You get your first password from them, not by mail, and choose your own when you log in.",
    ),
    lines={
        NoticeKind.ASSIGNED: "{who} assigned it to you.",
        NoticeKind.OFFERED: "It is offered to you.",
        NoticeKind.STATUS: "{who} set it to {status}.",
        NoticeKind.MENTIONED: "{who} mentioned you.",
        NoticeKind.ANSWERED: "{who} answered.",
        NoticeKind.WHISPERED: "{who} whispered to you.",
        NoticeKind.TAKEN_OVER: "{who} took it over from you.",
        NoticeKind.SLA_WARNED: "Its deadline comes near: {metric}.",
        NoticeKind.SLA_BREACHED: "It missed its deadline: {metric}.",
        NoticeKind.SLA_ESCALATED: "Its deadline was escalated: {metric}.",
        NoticeKind.APPROVAL_ASKED: "Your approval is asked for.",
        NoticeKind.APPROVAL_DECIDED: "It was {decision}.",
        NoticeKind.ACCOUNT_CREATED: "An account was made for you",
    },
    to_clients={
        NoticeKind.STATUS: "Your request is {status} now.",
        NoticeKind.APPROVAL_DECIDED: "Your request was {decision}.",
    },
    statuses={
        "open": "open",
        "in_progress": "in progress",
        "pending": "pending",
        "resolved": "resolved",
        "closed": "closed",
        "first_response": "first answer",
        "next_response": "next answer",
        "resolution": "solution",
    },
    decisions={True: "approved", False: "refused"},
)

_ES = Words(
    wrote="{who} escribió:",
    attached="Adjunto: {name}",
    somebody="Alguien",
    assistant="El asistente",
    machine="Deskwire",
    your_request="Su solicitud",
    open_it="Abrir",
    open_request="Abrir su solicitud",
    log_in="Iniciar sesión",
    decide="Decidir",
    have_your_request="Hemos recibido su solicitud.",
    noted_a_request="Hemos anotado una solicitud en su nombre.",
    several="{count} avisos",
    reason="El motivo: {reason}",
    settings="En sus ajustes puede elegir qué se le envía por correo, y cuándo.",
    account=(
        "{who} ha creado una cuenta para usted en {place}. Inicie sesión con la dirección a la que "
        "ha llegado esta carta.",
        "Esa persona le dará su primera contraseña, no por correo, y usted elegirá la suya al "
        "entrar.",
    ),
    lines={
        NoticeKind.ASSIGNED: "{who} se lo ha asignado.",
        NoticeKind.OFFERED: "Se le ofrece.",
        NoticeKind.STATUS: "{who} ha cambiado su estado: {status}.",
        NoticeKind.MENTIONED: "{who} le ha mencionado.",
        NoticeKind.ANSWERED: "{who} ha respondido.",
        NoticeKind.WHISPERED: "{who} le ha susurrado algo.",
        NoticeKind.TAKEN_OVER: "{who} se ha hecho cargo en su lugar.",
        NoticeKind.SLA_WARNED: "Se acerca su plazo: {metric}.",
        NoticeKind.SLA_BREACHED: "Ha vencido su plazo: {metric}.",
        NoticeKind.SLA_ESCALATED: "Su plazo se ha escalado: {metric}.",
        NoticeKind.APPROVAL_ASKED: "Se pide su aprobación.",
        NoticeKind.APPROVAL_DECIDED: "Decisión: {decision}.",
        NoticeKind.ACCOUNT_CREATED: "Se ha creado una cuenta para usted",
    },
    to_clients={
        NoticeKind.STATUS: "El estado de su solicitud es ahora: {status}.",
        NoticeKind.APPROVAL_DECIDED: "Su solicitud ha sido {decision}.",
    },
    statuses={
        "open": "abierta",
        "in_progress": "en curso",
        "pending": "pendiente",
        "resolved": "resuelta",
        "closed": "cerrada",
        "first_response": "primera respuesta",
        "next_response": "siguiente respuesta",
        "resolution": "solución",
    },
    decisions={True: "aprobada", False: "rechazada"},
)

WORDS: dict[Language, Words] = {Language.EN: _EN, Language.ES: _ES}
