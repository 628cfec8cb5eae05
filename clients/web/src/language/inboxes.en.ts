// The texts about inboxes, for admins, in English.

import { pluralsOf } from "./plural.ts";

const plural = pluralsOf("en");

export const inboxes = {
  title: "Inboxes",
  one: "Inbox",
  add: "Add inbox",
  none: "No inboxes yet",
  toAll: "To all inboxes",
  noSites: "No other site",
  count: (count: number) => plural(count, { one: "One site", other: "# sites" }),
  saved: "The inbox is saved.",
  name: "Name",
  address: "E-mail",
  team: "Team",
  teamHint: "It gets every new ticket that nothing else directs.",
  colour: "Colour",
  colourHint: "The accent of its chat.",
  sites: "Sites",
  sitesHint:
    "Where its chat may run, one site a line. Without any, where the deployment’s settings allow it.",
  siteExample: "https://shop.example",
  assistant: "The assistant",
  assistantOn: "It answers first",
  assistantHint: "From the articles, with their titles, until a person or the client ends it.",
  fallback: "What it finds nothing about",
  fallbackHint: "In general needs a language model; else it goes to people.",
  fallbacks: { person: "Goes to people", general: "Is answered in general, and said to be" },
  noSite: (text: string) => `This is not the address of a site: ${text}`,
  embed: "The chat on your site",
  embedHint: "Put this into every page that shall have the chat.",
  secret: "Identity secret",
  secretHint: "Your server signs the addresses of your visitors with it. Never put it into a page.",
  showSecret: "Show it",
  renew: "Renew…",
  renewSure: "Renew the identity secret?",
  renewHint:
    "What your site signed with the old one proves nothing from then on. Give your server the new one at once.",
  renewNow: "Renew it",
  renewed: "This secret is new.",
};
