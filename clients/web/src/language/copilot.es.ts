// The texts of the copilot, in Spanish.

import type { copilot as english } from "./copilot.en.ts";

export const copilot: typeof english = {
  suggest: "Proponer respuesta",
  summarise: "Resumir",
  rewrite: "Reescribir",
  friendlier: "Más amable",
  formal: "Más formal",
  shorter: "Más breve",
  translate: "En el idioma del cliente",
  close: "Cerrar el copiloto",
  ask: "Lee la conversación y los artículos públicos. Nada se envía solo.",
  place: (place: number) => `El modelo está ocupado: turno ${place}.`,
  writing: "Escribiendo…",
  byModel: "Modelo de lenguaje",
  byArticles: "De los artículos",
  byTicket: "De la conversación",
  use: "Poner en la respuesta",
  replace: "Sustituir el borrador",
  note: "Guardar como nota",
  drop: "Descartar",
  stop: "Parar",
  noDraft: "Escriba algo primero.",
  needsModel: "Hace falta un modelo de lenguaje y ahora no responde ninguno.",
  nothing: "Ningún artículo responde a lo que pide el cliente.",
};
