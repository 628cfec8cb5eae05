// The texts about the assistant for admins, in Spanish.

import type { assistant as english } from "./assistant.en.ts";

export const assistant: typeof english = {
  inForce: "En vigor",
  levels: {
    off: "Apagado",
    passages: "Artículos",
    model: "Modelo de lenguaje",
    general: "En general",
  },
  means: {
    off: "Cada pregunta pasa enseguida a personas.",
    passages: "Cita los artículos que convienen y deja a personas lo que no responden.",
    model: "Redacta respuestas con los artículos y deja a personas lo que no responden.",
    general: "Responde sin fuentes, y lo dice.",
  },
  steps: "Lo que hace falta",
  there: "Listo",
  next: "Lo siguiente",
  later: "Después",
  go: "Ir allí",
  step: {
    no_inbox: "Una bandeja donde responde primero",
    no_worker: "Un proceso de trabajo",
    no_articles: "Artículos publicados",
    no_model: "Un modelo de lenguaje",
  },
  how: {
    no_inbox: "Actívelo en una bandeja.",
    no_worker: "Inicie la instalación con al menos un proceso de trabajo: allí vive el asistente.",
    no_articles: "Publique en el centro de ayuda lo que preguntan los clientes.",
    no_model: "make llm y deskwire llm pull, o LLM_URL: así redacta él mismo. Sin él, cita.",
  },
  parts: "Sus partes",
  embedder: "Búsqueda por significado",
  byWords: "Busca por palabras.",
  llm: "Modelo de lenguaje",
  quotes: "Cita los artículos.",
  articles: "Artículos que conoce",
  states: { none: "Ninguno", loading: "Cargando", ready: "Listo", down: "Caído" },
  tickets: "Solicitudes abiertas",
  copilot: "El copiloto, en los últimos 30 días",
  helps: {
    asked: "Textos que se le pidieron",
    used: "Enviados como los escribió",
    changed: "Enviados con cambios",
    dropped: "Descartados",
  },
  turns: {
    waiting: "Está respondiendo",
    answered: "Ha respondido",
    handed_over: "Las ha dejado a personas",
  },
};
