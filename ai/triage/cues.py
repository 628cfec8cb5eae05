"""Words that tell how urgent something is, and how its writer feels, in each language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from ai.triage.texts import plain

_DANGER = {
    "en": """bleeding|ambulance|fire brigade|on fire|burn(t|ing)|explo\\w+|swollen|smoke|gas leak
        |smells? of gas|hiss\\w*|injur\\w+|unconscious|could have died|brakes? failed|stranded
        |in danger|emergency|right now|this very moment|being stolen|breaking (in|the lock)
        |taken over my account|hacked|recall|getting dark|call(ed)? 112|minutes ago""",
    "es": """sangr\\w+|ambulancia|bomberos|incendi\\w+|quem\\w+|explo\\w+|hinchad\\w+|humo|fuga
        |huele a gas|herid\\w+|atropell\\w+|sin frenos|tirad[ao] en|peligro|emergencia|ahora mismo
        |ayuda ya|estan robando|pirate\\w+|hackead\\w+|anochec\\w+|acaba de""",
}
_PRESSING = {
    "en": """urgent\\w*|asap|immediately|today|tomorrow|tonight|at once|deadline|by (mon|tues|wednes
        |thurs|fri|satur|sun)day|this week|(second|third|fourth|fifth) time|weeks?|still no\\w*
        |never (came|answered|heard)|unacceptable|lawyer|complain\\w*|authority|charged twice|twice
        |stolen|theft|accident|hospital|crash\\w*|outage|nobody (answers|came|called)|had enough
        |final demand|debt collector|keep charging|or i want""",
    "es": """urgent\\w*|inmediat\\w+|hoy( mismo)?|manana|cuanto antes|ya esta bien|esta semana
        |(segunda|tercera|cuarta|quinta) vez|semanas|meses|inaceptable|abogad\\w+|reclamacion
        |consumo|dos veces|robad\\w+|robo|accidente|hospital|nadie|exijo|contestad|antes del""",
}
_AT_EASE = {
    "en": """thanks? (you )?(for|to)|just wanted to say|well done|nice|lovely|great|wish|idea|ideas
        |how (long|many|much|do i|does|safe|cold)|which|is (it|there)|are (there|the)|do you|does
        |can (i|one)|may (i|the)|could (i|you use)|what('s| is| are| do| does)|where|when|would
        |planned|in general|before i|difference|recommend|wondering|curious""",
    "es": """gracias por|solo queria|enhorabuena|cuant[oa]s?|cual(es)?|que (talla|plan|incluye|pasa)
        |se puede|puedo|hay|habra|es posible|vale para|sirven?|donde|cuando|como|plazos?
        |antes de comprar|formas? de""",
}
_UPSET = {
    "en": """angry|furious|unacceptable|ridiculous|disgrace\\w*|theft|lawyer|never again|worst
        |had enough|fed up|disappoint\\w+|annoy\\w+|irritating|sick of|terrible|awful|joke|jokes
        |shame|broken site|nobody (answers|cares)|(third|fourth|fifth) time|this is now|do it
        |real+y|or i want|waste|complain\\w*|not happy|can't be|surely|expected""",
    "es": """harto|harta|inaceptable|verguenza|indignad\\w+|enfadad\\w+|exijo|nadie|abogad\\w+
        |reclamacion|denuncia\\w*|ya esta bien|nunca mas|fatal|decepcion\\w+|molest\\w+|peor
        |cuarta vez|tercera vez|contestad""",
}
_GLAD = {
    "en": """thank you (so|very)|thanks (to|for)|well done|great|lovely|nice|wonderful|brilliant
        |perfect|love|awesome|happy|pleased|smile|kind of you|that is how""",
    "es": """muchas gracias|enhorabuena|genial|perfecto|encantad\\w+|estupend\\w+|fantastic\\w+
        |maravill\\w+|feliz|content\\w+""",
}


class Cues(NamedTuple):
    """What a text tells, each as a number of about 0 to 3."""

    danger: float
    pressing: float
    at_ease: float
    upset: float
    glad: float
    shouting: float
    asks: float
    """Whether it ends in a question."""


def read_cues(text: str, language: str) -> Cues:
    low = plain(text)

    def count(cues: Mapping[str, str]) -> float:
        return float(min(3, len(_compiled(cues.get(language, cues["en"])).findall(low))))

    words = re.findall(r"[^\W\d_]{3,}", text)
    loud = sum(word.isupper() for word in words)
    return Cues(
        danger=count(_DANGER),
        pressing=count(_PRESSING),
        at_ease=count(_AT_EASE),
        upset=count(_UPSET),
        glad=count(_GLAD),
        shouting=min(3.0, loud / 2 + len(re.findall(r"[!?]{2,}|!", text)) / 2),
        asks=float(text.rstrip().endswith("?")),
    )


@lru_cache(maxsize=32)
def _compiled(cues: str) -> re.Pattern[str]:
    joined = re.sub(r"\s*\n\s*", "", cues)
    return re.compile(rf"\b(?:{joined})\b")
