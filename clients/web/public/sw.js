// Shows what is pushed to this browser, and opens what it is about. It keeps nothing of the pages
// and serves none of them.
self.addEventListener("push", (event) => event.waitUntil(show(event.data?.json() ?? {})));

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.path ?? "/console"));
});

/** The same `tag` again takes the place of what is shown, and does not ring. */
function show({ title = "Deskwire", body = "", tag = "", path, language, at }) {
  return self.registration.showNotification(title, {
    body,
    tag,
    lang: language ?? "",
    timestamp: at ?? Date.now(),
    icon: "/favicon.svg",
    data: { path },
  });
}

async function open(path) {
  const address = new URL(path, self.location.origin);
  if (address.origin !== self.location.origin) return;
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const shown = pages.find(({ url }) => new URL(url).pathname === address.pathname);
  await (shown ? shown.focus() : self.clients.openWindow(address.href));
}
