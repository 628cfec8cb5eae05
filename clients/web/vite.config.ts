// Builds the pages into dist/, and serves them against a running node while they are changed.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Rolldown } from "vite";

const node = process.env.DESKWIRE_NODE ?? "http://127.0.0.1:8000";

/**
 * What is fetched together, each with whatever it imports: a module goes with the first of these
 * whose patterns all need it. Left alone, whatever two pages share would be a file of its own:
 * seventy at a ticket, and gzip finds little to shorten in three hundred bytes.
 */
const PARTS: [name: string, needing: RegExp[]][] = [
  // Not main.ts, which waits for the language, whose file waits for this one.
  ["base", [/[\\/](App|parts[\\/]Shell)\.svelte$/]],
  [
    "list",
    [/[\\/]pages[\\/]Console\.svelte$/, /[\\/](PortalList|TicketRoom|ConsoleTicket)\.svelte$/],
  ],
  ["text", [/[\\/]TicketRoom\.svelte$/, /[\\/](HelpHome|HelpArticle|Demo)\.svelte$/]],
  ["room", [/[\\/]parts[\\/]TicketRoom\.svelte$/]],
];

const groups = PARTS.map(([name, needing]) => ({
  name: (id: string, graph: Rolldown.ChunkingContext) =>
    needing.every((those) => isNeeded(id, those, graph)) ? name : null,
}));

/** Is a module one of these, or imported by one, through whatever else? */
function isNeeded(id: string, those: RegExp, graph: Rolldown.ChunkingContext): boolean {
  const seen = new Set<string>();
  const look = (each: string): boolean => {
    if (seen.has(each)) return false;
    seen.add(each);
    return those.test(each) || (graph.getModuleInfo(each)?.importers ?? []).some(look);
  };
  return look(id);
}

export default defineConfig({
  plugins: [svelte()],
  build: {
    target: "es2022",
    // They know light-dark(): rewritten for older ones, it would not follow a part of a page.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    chunkSizeWarningLimit: 300,
    rolldownOptions: { output: { codeSplitting: { groups } } },
  },
  server: {
    proxy: {
      "/api": node,
      "/socket.io": { target: node, ws: true },
    },
  },
});
