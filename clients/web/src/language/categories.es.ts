// Los textos sobre las categorías: de quién son sus solicitudes, y quién tiene que aprobarlas.

import type { categories as english } from "./categories.en.ts";
import { pluralsOf } from "./plural.ts";

const plural = pluralsOf("es");

export const categories: typeof english = {
  title: "Categorías",
  one: "Categoría",
  add: "Añadir categoría",
  none: "Aún no hay categorías",
  noneHint: "Una categoría dice de qué trata una solicitud, de quién es y quién debe aprobarla.",
  toAll: "A todas las categorías",
  saved: "La categoría está guardada.",
  name: "Nombre",
  keywords: "Palabras clave",
  keywordsHint: "Una palabra y luego Intro",
  team: "Equipo",
  teamHint: "Recibe las solicitudes de esta categoría.",
  inboxTeam: "El equipo de la bandeja",
  members: "A quién se asignan",
  membersHint: "Del equipo, solo a quienes se nombra aquí. Si no nombra a nadie, a todo el equipo.",
  addMember: "Añadir a alguien",
  notInTeam: (names) => `No está en este equipo y no recibe nada: ${names}`,
  skillsHint: "El reparto da sus solicitudes solo a quien domina todo esto lo bastante.",
  approval: "Aprobación",
  approvalHint:
    "Quién debe aprobar una solicitud antes de que se trabaje en ella. Un solo rechazo la cierra.",
  noApproval: "Nadie tiene que aprobarla.",
  level: (place) => `Paso ${place}`,
  approvers: "A quién se pregunta",
  addApprover: "Añadir a alguien que aprueba",
  rule: "Quién debe aceptar",
  rules: { all: "Todas las personas", any: "Basta con una" },
  raise: (place) => `Preguntar antes en el paso ${place}`,
  removeLevel: (place) => `Quitar el paso ${place}`,
  addLevel: "Añadir un paso",
  nobody: "Indique a quién se pregunta o quite este paso.",
  gone: (names) => `Ya no trabaja aquí: ${names}`,
  deputy: (name, deputy) => `Mientras ${name} no está, se pregunta a ${deputy}.`,
  levels: (count) => plural(count, { one: "Aprobación", other: "Aprobación en # pasos" }),
  membersCount: (count) => plural(count, { one: "1 persona", other: "# personas" }),
  remove: "Eliminar…",
  removeSure: (name) => `¿Eliminar ${name}?`,
  removeHint:
    "Las solicitudes cerradas la conservan. Las abiertas, los artículos y los compromisos no deben usarla.",
  removeNow: "Eliminarla",
  removed: "La categoría se ha eliminado.",
};
