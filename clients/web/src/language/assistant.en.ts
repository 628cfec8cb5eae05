// The texts about the assistant for admins, in English: what it can do, and what would raise it.

export const assistant = {
  inForce: "In force",
  levels: { off: "Off", passages: "Articles", model: "Language model", general: "In general" },
  means: {
    off: "Every question goes to people at once.",
    passages: "It quotes the articles that fit, and hands over what they do not answer.",
    model: "It words its answers from the articles, and hands over what they do not answer.",
    general: "It answers without sources, and says so.",
  },
  steps: "What it takes",
  there: "There",
  next: "Next",
  later: "Later",
  go: "Go there",
  step: {
    no_inbox: "An inbox where it answers first",
    no_worker: "A worker",
    no_articles: "Published articles",
    no_model: "A language model",
  },
  how: {
    no_inbox: "Switch it on in an inbox.",
    no_worker: "Start the deployment with at least one worker: the assistant lives there.",
    no_articles: "Publish what clients ask for in the help centre.",
    no_model:
      "make llm and deskwire llm pull, or LLM_URL: then it words its answers itself. Without one it quotes.",
  },
  parts: "Its parts",
  embedder: "Search by meaning",
  byWords: "It searches by words.",
  llm: "Language model",
  quotes: "It quotes the articles.",
  articles: "Articles it knows",
  states: { none: "None", loading: "Loading", ready: "Ready", down: "Down" },
  tickets: "Tickets that are open",
  copilot: "The copilot, in the last 30 days",
  helps: {
    asked: "Texts it was asked for",
    used: "Sent as it wrote them",
    changed: "Sent in other words",
    dropped: "Thrown away",
  },
  turns: {
    waiting: "It is answering",
    answered: "It has answered",
    handed_over: "It has handed over",
  },
};
