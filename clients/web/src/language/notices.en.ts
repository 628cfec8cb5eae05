// The texts about notifications, in English.

import { pluralsOf } from "./plural.ts";

const plural = pluralsOf("en");

export const notices = {
  title: "Notifications",
  open: "Notifications",
  unread: (count: number) => plural(count, { one: "# unread", other: "# unread" }),
  none: "Nothing new",
  noneHint: "What concerns you appears here by itself.",
  readAll: "Mark all as read",
  settings: "Settings",
  older: "Show older ones",
  isNew: "New",
  about: (number: number, title: string) => `#${number} · ${title}`,
  /** Said after a name. */
  did: {
    assigned: "gave you a ticket",
    offered: "offers you a ticket",
    status: (status: string) => `set the status to “${status}”`,
    mentioned: "mentioned you",
    answered: "wrote to you",
    whispered: "whispered to you",
    taken_over: "took over your ticket",
    sla_warned: (metric: string, percent: string) => `${metric}: ${percent} of the time is used`,
    sla_breached: (metric: string) => `${metric} is late`,
    sla_escalated: (metric: string) => `${metric} is late and was escalated`,
    approval_asked: "asks for your approval",
    approval_decided: (approved: boolean): string =>
      approved ? "approved it" : "did not approve it",
    account_created: "made your account",
  },
  kinds: {
    assigned: "A ticket is given to me",
    offered: "A ticket is offered to me",
    status: "The status of my ticket changes",
    mentioned: "Somebody mentions me",
    answered: "Somebody answers",
    whispered: "A supervisor whispers to me",
    taken_over: "My ticket is taken over",
    sla_warned: "A promised time is running out",
    sla_breached: "A promised time has passed",
    sla_escalated: "A late ticket is escalated",
    approval_asked: "My approval is asked",
    approval_decided: "An approval is decided",
    account_created: "My account is made",
  },
  preferences: {
    title: "How you are told",
    kind: "What",
    inApp: "Here",
    mail: "By mail",
    mailOf: (kind: string) => `By mail: ${kind}`,
    inAppOf: (kind: string) => `Here: ${kind}`,
    language: "Language of the mails",
    digest: "Mails come",
    digests: { at_once: "One by one", hourly: "Hourly, together", daily: "Daily, together" },
    quiet: "Quiet hours",
    quietHint: "Mails wait until they are over, on the clock of where you are.",
    from: "From",
    until: "Until",
    saved: "Saved",
  },
};
