// The texts about push, in Spanish.

import type { push as english } from "./push.en.ts";

export const push: typeof english = {
  channel: {
    name: "Push",
    of: (kind) => `Push: ${kind}`,
    quiet: "Tampoco suena nada entonces, ni las ofertas.",
  },
  device: {
    title: "En este dispositivo",
    off: "Este navegador no recibe avisos mientras Deskwire está cerrado.",
    on: "Este navegador recibe los avisos que ha elegido, también con Deskwire cerrado.",
    turnOn: "Activar",
    turnOff: "Desactivar",
    others: "Sus dispositivos",
    this: "Este",
    seen: "Visto",
    failing: "Ahora mismo no recibe nada",
    remove: "Quitar",
    removeOne: (label) => `Quitar ${label}`,
    removed: "Quitado",
  },
  hindrances: {
    unsupported:
      "Este navegador no admite avisos push. En un iPhone, añada Deskwire a la pantalla de inicio y ábralo desde allí.",
    insecure: "Los avisos push solo funcionan si la dirección empieza por https://.",
    denied:
      "Este navegador no permite que Deskwire le avise. Cámbielo en sus ajustes para esta página.",
    noService:
      "Este navegador no ha podido conectar con su servicio push, así que no se le puede entregar nada. Inténtelo desde otra red.",
  },
};
