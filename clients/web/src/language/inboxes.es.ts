// The texts about inboxes, for admins, in Spanish.

import type { inboxes as english } from "./inboxes.en.ts";
import { pluralsOf } from "./plural.ts";

const plural = pluralsOf("es");

export const inboxes: typeof english = {
  title: "Bandejas",
  one: "Bandeja",
  add: "Añadir bandeja",
  none: "Aún no hay bandejas",
  toAll: "A todas las bandejas",
  noSites: "Ningún otro sitio",
  count: (count) => plural(count, { one: "Un sitio", other: "# sitios" }),
  saved: "La bandeja se ha guardado.",
  name: "Nombre",
  address: "Correo electrónico",
  team: "Equipo",
  teamHint: "Recibe toda solicitud nueva que no tenga otro destino.",
  colour: "Color",
  colourHint: "El color de su chat.",
  sites: "Sitios",
  sitesHint:
    "Dónde puede mostrarse su chat, un sitio por línea. Sin ninguno, donde lo permita la configuración.",
  siteExample: "https://tienda.example",
  assistant: "El asistente",
  assistantOn: "Responde primero",
  assistantHint: "Con los artículos y sus títulos, hasta que lo termine una persona o el cliente.",
  fallback: "Aquello sobre lo que no encuentra nada",
  fallbackHint: "En general necesita un modelo de lenguaje. Sin él pasa a personas.",
  fallbacks: { person: "Pasa a personas", general: "Se responde en general, y así se dice" },
  noSite: (text) => `Esto no es la dirección de un sitio: ${text}`,
  embed: "El chat en su sitio",
  embedHint: "Póngalo en cada página que deba tener el chat.",
  secret: "Secreto de identidad",
  secretHint:
    "Su servidor firma con él las direcciones de sus visitantes. No lo ponga nunca en una página.",
  showSecret: "Mostrarlo",
  renew: "Renovar…",
  renewSure: "¿Renovar el secreto de identidad?",
  renewHint:
    "Lo que su sitio firmó con el anterior dejará de valer. Dé el nuevo a su servidor enseguida.",
  renewNow: "Renovarlo",
  renewed: "Este secreto es nuevo.",
};
