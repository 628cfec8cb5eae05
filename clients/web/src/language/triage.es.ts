// The texts about what is guessed of a ticket, in Spanish.

import type { triage as english } from "./triage.en.ts";

export const triage: typeof english = {
  panel: {
    title: "Clasificación",
    category: "Categoría",
    priority: "Prioridad",
    skills: "Habilidades",
    likely: (percent) => `probable, ${percent}`,
    perhaps: (percent) => `quizá, ${percent}`,
    applied: "Puesto al clasificar",
    take: (what) => `Aceptar ${what}`,
    dismiss: (what) => `Descartar ${what}`,
    takeBack: "Deshacer",
    gone: "Algo que ya no existe",
    taken: (what) => `Aceptado: ${what}.`,
    dismissed: (what) => `Descartado: ${what}.`,
    refused: "La propuesta queda como estaba.",
    summary: "En una frase",
    duplicates: "Quizá lo mismo que",
    duplicate: (number, percent) => `n.º ${number}, ${percent} de parecido`,
    writes: (language) => `Escribe en ${language}`,
  },
  inbox: {
    label: "Propuestas para lo nuevo",
    hint: "Categoría, prioridad y habilidades, por lo que se le parece y lo que corrige el equipo.",
  },
  mode: {
    off: "Ninguna",
    suggest: "Se muestran al equipo",
    apply: "Valen enseguida si son seguras",
  },
  mood: { glad: "Suena contento", upset: "Suena molesto" },
  level: {
    words: "Según las palabras: falta el modelo del significado.",
    meaning: "Según las solicitudes que se le parecen.",
    model: "Según el modelo de lenguaje y las solicitudes que se le parecen.",
  },
};
