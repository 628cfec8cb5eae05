// The texts about what is guessed of a ticket, in English.

export const triage = {
  panel: {
    title: "Triage",
    category: "Category",
    priority: "Priority",
    skills: "Skills",
    likely: (percent: string) => `likely, ${percent}`,
    perhaps: (percent: string) => `perhaps, ${percent}`,
    applied: "Set by triage",
    take: (what: string) => `Take ${what}`,
    dismiss: (what: string) => `Dismiss ${what}`,
    takeBack: "Take back",
    gone: "Something that is gone",
    taken: (what: string) => `Taken: ${what}.`,
    dismissed: (what: string) => `Dismissed: ${what}.`,
    refused: "The guess stays as it was.",
    summary: "In one sentence",
    duplicates: "Perhaps the same as",
    duplicate: (number: number, percent: string) => `#${number}, ${percent} alike`,
    writes: (language: string) => `Writes ${language}`,
  },
  inbox: {
    label: "Guesses about new tickets",
    hint: "Category, priority and skills, from tickets like them and what your people correct.",
  },
  mode: {
    off: "None",
    suggest: "Are shown to staff",
    apply: "Count at once where they are sure",
  },
  mood: { glad: "Sounds glad", upset: "Sounds upset" },
  level: {
    words: "Guessed by words alone: the model for meaning is not there.",
    meaning: "Guessed from tickets that are like it.",
    model: "Guessed by the language model and from tickets that are like it.",
  },
};
