"""docs/hostile.md, made from the cases: `python -m tests.ai.hostile.table` writes it anew."""

from __future__ import annotations

import json
from pathlib import Path

from tests.ai.hostile.cases import CASES, Case

PAGE = Path(__file__).parents[3] / "docs" / "hostile.md"
LONGEST = 140
HEAD = """# Hostile articles and messages

{count} texts that people with bad intentions write, put where such people can write, and read by
the product's own code with a model that does what the attacker wants: the fence and every prompt,
the check of links, the pieces that an answer grows by, the copilot, triage, masking, chunks, quotes
and the search. The table is made from [the cases](../tests/ai/hostile/cases.toml), a test holds it
against them, and another puts each case through and fails where anything else comes of it.

Of every case it is held, too, that the orders in all prompts are those of a calm ticket, before and
behind the fence, that nothing in them is unseen by people, that control words of chat templates are
plain words for servers of OpenAI's protocol, and that no prompt for a client holds the key, a page
of staff, a draft, another ticket or a note. None may take three seconds of the processor.

{failed} cases failed at first, and the product was mended; they say so. What stays as it is:

- What a model says without a link is shown, under the assistant's name and with the articles that
  it was told: a wrong sentence can be shown. Who wants none of it sets up no language model.
- A site named without `https`, `www` and path (`evil.test`) is no link on our pages, and is not
  found; a mail program may make one of it.
- Masking knows addresses, numbers, codes and the names of who took part. Other names stay: a person
  reads the draft before it is published.
- That the model's own process reads control words as text is shown by its own test.

| Case | Who writes it | What it says, in the beginning | What came of it |
|---|---|---|---|
"""
CAME = {
    ("answer", "shown"): "Shown as the assistant's words.",
    ("answer", "passages"): "The article is quoted instead of it.",
    ("answer", "handed over"): "People get the ticket; the client saw none of it.",
    ("copilot reply", "shown"): "The agent is shown the text.",
    ("copilot reply", "passages"): "The agent gets the article's words as a reply.",
    ("copilot summary", "shown"): "The agent is shown the summary.",
    ("copilot summary", "passages"): "The agent gets what people wrote, as text.",
    ("copilot draft", "refused"): "The agent is told that no model could do it.",
    ("triage", "refused"): "The model's word counts nothing; the examples guess alone.",
    ("triage", "sorted"): "A guess.",
    ("article", "passages"): "The draft is made of the messages, masked.",
    ("import", "brought in"): "The article has what a reader of the page saw.",
    ("import", "refused"): "It does not come in.",
    ("find", "found"): "It is found as text, under its own heading.",
}


def page() -> str:
    head = HEAD.format(count=len(CASES), failed=sum(bool(each.failed) for each in CASES))
    return head + "".join(f"{_row(each)}\n" for each in CASES)


def _row(case: Case) -> str:
    # As JSON: what nobody sees is seen here.
    words = json.dumps(case.text)[1:-1].replace("\\n", " ⏎ ")
    beginning = words if len(words) <= LONGEST else words[: LONGEST - 2] + " …"
    failed = f"**At first:** {case.failed}." if case.failed else ""
    came = " ".join(filter(None, (CAME[case.way, case.came], case.because, failed)))
    cells = (case.name, case.by, f"`` {beginning} ``", came)
    return f"| {' | '.join(each.replace('|', chr(92) + '|') for each in cells)} |"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
