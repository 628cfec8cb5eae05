// The texts about push, in English: they come with the page on which it is turned on.

export const push = {
  channel: {
    name: "Push",
    of: (kind: string) => `Push: ${kind}`,
    quiet: "Push is silent then, offers too.",
  },
  device: {
    title: "On this device",
    off: "This browser is not told anything while Deskwire is closed.",
    on: "This browser is told what you chose, also while Deskwire is closed.",
    turnOn: "Turn on",
    turnOff: "Turn off",
    others: "Your devices",
    this: "This one",
    seen: "Seen",
    failing: "Takes nothing at the moment",
    remove: "Remove",
    removeOne: (label: string) => `Remove ${label}`,
    removed: "Removed",
  },
  hindrances: {
    unsupported:
      "This browser knows no push. On an iPhone, put Deskwire on the home screen first and open it there.",
    insecure: "Push works only where the address begins with https://.",
    denied:
      "This browser does not allow Deskwire to tell you anything. Change that in its settings for this page.",
    noService:
      "This browser could not reach its push service, so nothing can be delivered to it. Try again on another network.",
  },
};
