// Every text of the widget, in English and Spanish.

import type { AssistantLevel, Code, Status } from "../../web/src/live/wire.ts";

const en = {
  open: (unread: number) => (unread > 0 ? `Open the chat, ${unread} unread` : "Open the chat"),
  close: "Close the chat",
  chatWith: (brand: string) => `Chat with ${brand}`,
  back: "All conversations",
  online: "We are here now",
  away: "Nobody is here right now",
  hello: "How can we help?",
  answersNow: "Ask us anything. Somebody is here now.",
  answersLater:
    "Nobody is here right now, but every question is read and answered, in this very place.",
  name: "Your name",
  email: "E-mail",
  optional: "optional",
  emailWhy: "For answers by mail, too. We send you a code to confirm it.",
  question: "Your question",
  start: "Start the chat",
  suggested: "Perhaps this answers it",
  needed: "Please fill this in.",
  noAddress: "This is not an e-mail address.",
  sending: "Sending…",
  conversations: "Your conversations",
  another: "New conversation",
  noConversation: "Nothing here yet.",
  you: "You",
  agent: "Support",
  assistant: "Assistant",
  conversation: "Conversation",
  earlier: "Earlier messages",
  message: "Your message",
  write: "Write a message…",
  send: "Send",
  attach: "Attach files",
  remove: (name: string) => `Remove ${name}`,
  uploading: "Uploading…",
  notUploaded: "Not uploaded",
  download: (name: string) => `Download ${name}`,
  edited: "edited",
  removed: "This message was removed.",
  newest: "Newest messages",
  typing: (name: string) => `${name} is typing…`,
  said: (name: string, text: string) => `${name}: ${text}`,
  notSent: "Not sent.",
  again: "Try again",
  edit: "Edit",
  delivery: {
    sending: "Sending…",
    sent: "Sent",
    delivered: "Delivered",
    read: "Read",
    refused: "",
  },
  level: (level: AssistantLevel): string =>
    level === "general"
      ? "general, without sources"
      : level === "question"
        ? "a question back"
        : "from our articles",
  looking: "Looking for an answer…",
  didHelp: "Did that help?",
  yes: "Yes",
  no: "Not yet",
  helped: "It helped",
  notHelped: "It did not help",
  turn: "The assistant answers first.",
  askPerson: "A person, please",
  goesOn: "A person goes on from here.",
  arrived:
    "Your question has arrived. The answer appears right here, also when you come back later.",
  place: (place: number, minutes: number | null) =>
    `You are number ${place} in the queue${minutes === null ? "" : `, for about ${minutes} min`}.`,
  solved: "This is marked as solved. If it is not, just write again.",
  closed: "This conversation is closed. Write to open a follow-up.",
  followed: "It goes on in a newer conversation.",
  goThere: "Go there",
  offline: "No connection. What you write is kept and sent when it is back.",
  connecting: "Connecting…",
  outdated: "The chat was renewed. Load the page again to go on.",
  expired:
    "This chat has ended on this device. Start a new one below: what you wrote is still there.",
  gone: "This conversation is no longer there.",
  code: (email: string) =>
    `We sent eight digits to ${email}. Type them here, and answers come by mail, too.`,
  digits: "Eight digits",
  confirm: "Confirm",
  later: "Not now",
  confirmed: (email: string) => `Confirmed: answers go to ${email}, too.`,
  wrongCode: "These digits are not right, or too old.",
  noCode: "The code could not be sent. Answers appear here.",
  today: "Today",
  yesterday: "Yesterday",
  status: {
    open: "Open",
    in_progress: "In progress",
    pending: "Waiting for you",
    resolved: "Solved",
    closed: "Closed",
  } satisfies Record<Status, string>,
  unreachable: "The server cannot be reached. Try again in a moment.",
  refused: {
    rate_limited: "That was a lot at once. Try again in a moment.",
    forbidden: "This chat is not open to you.",
    too_large: "This is too large.",
  } as Partial<Record<Code, string>>,
};

export type Words = typeof en;

const es: Words = {
  open: (unread) => (unread > 0 ? `Abrir el chat, ${unread} sin leer` : "Abrir el chat"),
  close: "Cerrar el chat",
  chatWith: (brand) => `Chat con ${brand}`,
  back: "Todas las conversaciones",
  online: "Estamos aquí",
  away: "Ahora no hay nadie",
  hello: "¿En qué podemos ayudarle?",
  answersNow: "Pregunte lo que quiera. Ahora hay alguien aquí.",
  answersLater: "Ahora no hay nadie, pero leemos y respondemos todas las preguntas, aquí mismo.",
  name: "Su nombre",
  email: "Correo",
  optional: "opcional",
  emailWhy: "Para responderle también por correo. Le enviamos un código para confirmarlo.",
  question: "Su pregunta",
  start: "Empezar el chat",
  suggested: "Quizás esto lo responda",
  needed: "Rellene este campo.",
  noAddress: "Esto no es una dirección de correo.",
  sending: "Enviando…",
  conversations: "Sus conversaciones",
  another: "Nueva conversación",
  noConversation: "Aquí no hay nada todavía.",
  you: "Usted",
  agent: "Soporte",
  assistant: "Asistente",
  conversation: "Conversación",
  earlier: "Mensajes anteriores",
  message: "Su mensaje",
  write: "Escriba un mensaje…",
  send: "Enviar",
  attach: "Adjuntar archivos",
  remove: (name) => `Quitar ${name}`,
  uploading: "Subiendo…",
  notUploaded: "No se ha subido",
  download: (name) => `Descargar ${name}`,
  edited: "editado",
  removed: "Este mensaje se ha eliminado.",
  newest: "Mensajes más recientes",
  typing: (name) => `${name} está escribiendo…`,
  said: (name, text) => `${name}: ${text}`,
  notSent: "No se ha enviado.",
  again: "Reintentar",
  edit: "Editar",
  delivery: {
    sending: "Enviando…",
    sent: "Enviado",
    delivered: "Entregado",
    read: "Leído",
    refused: "",
  },
  level: (level) =>
    level === "general"
      ? "en general, sin fuentes"
      : level === "question"
        ? "una pregunta"
        : "de nuestros artículos",
  looking: "Buscando una respuesta…",
  didHelp: "¿Le ha ayudado?",
  yes: "Sí",
  no: "Todavía no",
  helped: "Ha ayudado",
  notHelped: "No ha ayudado",
  turn: "Primero responde el asistente.",
  askPerson: "Una persona, por favor",
  goesOn: "A partir de aquí sigue una persona.",
  arrived: "Su pregunta ha llegado. La respuesta aparece aquí mismo, también si vuelve más tarde.",
  place: (place, minutes) =>
    `Es el número ${place} de la cola${minutes === null ? "" : `, unos ${minutes} min`}.`,
  solved: "Está marcada como resuelta. Si no lo está, escriba de nuevo.",
  closed: "Esta conversación está cerrada. Escriba para abrir una nueva que la continúa.",
  followed: "Continúa en una conversación más reciente.",
  goThere: "Ir allí",
  offline: "Sin conexión. Lo que escriba se guarda y se envía cuando vuelva la conexión.",
  connecting: "Conectando…",
  outdated: "El chat se ha renovado. Vuelva a cargar la página para seguir.",
  expired: "Este chat ha terminado en este dispositivo. Empiece otro: lo que escribió sigue aquí.",
  gone: "Esta conversación ya no está.",
  code: (email) =>
    `Hemos enviado ocho cifras a ${email}. Escríbalas aquí y le responderemos también por correo.`,
  digits: "Ocho cifras",
  confirm: "Confirmar",
  later: "Ahora no",
  confirmed: (email) => `Confirmado: le respondemos también a ${email}.`,
  wrongCode: "Estas cifras no son correctas o son demasiado antiguas.",
  noCode: "No se ha podido enviar el código. Las respuestas aparecen aquí.",
  today: "Hoy",
  yesterday: "Ayer",
  status: {
    open: "Abierta",
    in_progress: "En curso",
    pending: "Esperamos su respuesta",
    resolved: "Resuelta",
    closed: "Cerrada",
  },
  unreachable: "No se puede conectar con el servidor. Inténtelo de nuevo en un momento.",
  refused: {
    rate_limited: "Demasiado a la vez. Inténtelo de nuevo en un momento.",
    forbidden: "Este chat no está abierto para usted.",
    too_large: "Es demasiado grande.",
  },
};

export type Language = "en" | "es";

/** The language that somebody asks for, as far as there is one. */
export function languageOf(wanted: string): Language {
  return /^es\b/i.test(wanted) ? "es" : "en";
}

export function wordsIn(language: Language): Words {
  return language === "es" ? es : en;
}
