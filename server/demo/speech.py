"""Which language somebody writes."""

from __future__ import annotations

import re

from server.demo.shapes import Language

SPANISH = re.compile(
    r"\b(buenas|con|cuando|de|del|dónde|el|es|está|gracias|ha|hola|la|las|lo|los|mi|muy|por|puedo"
    r"|que|qué|se|señores|su|un|una|y|ya)\b|[¿¡]"
)
ENGLISH = re.compile(
    r"\b(an|and|any|are|can|do|does|for|have|hello|how|in|is|it|my|not|of|on|please|thanks|the"
    r"|there|this|to|was|what|when|where|you)\b"
)


def language_of(text: str) -> Language:
    """English or Spanish, by the little words."""
    heard = text.lower()
    return "es" if len(SPANISH.findall(heard)) > len(ENGLISH.findall(heard)) else "en"
