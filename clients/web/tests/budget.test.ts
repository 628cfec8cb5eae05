import assert from "node:assert/strict";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Rollup } from "vite";

const KB = 1000;
const ROOT = fileURLToPath(new URL("..", import.meta.url));

type Chunk = Rollup.OutputChunk & { viteMetadata?: { importedCss: Set<string> } };

const chunks = new Map<string, Chunk>();
const sizes = new Map<string, number>();

before(async () => {
  const made = await build({
    root: ROOT,
    logLevel: "silent",
    build: { write: false, reportCompressedSize: false },
  });
  const { output } = (Array.isArray(made) ? made[0] : made) as Rollup.RollupOutput;
  for (const each of output) {
    const bytes = each.type === "chunk" ? each.code : each.source;
    sizes.set(each.fileName, gzipSync(bytes, { level: 9 }).length);
    if (each.type === "chunk") chunks.set(each.fileName, each);
  }
});

function chunkOf(source: string): string {
  for (const [file, chunk] of chunks) {
    if (chunk.facadeModuleId?.endsWith(source)) return file;
  }
  throw new Error(`nothing was built from ${source}`);
}

/** Everything that has to be there before these are shown: what they import, and their styles. */
function filesFor(sources: readonly string[]): Set<string> {
  const files = new Set<string>();
  const take = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    const chunk = chunks.get(file);
    for (const each of chunk?.imports ?? []) take(each);
    for (const each of chunk?.viteMetadata?.importedCss ?? []) files.add(each);
  };
  for (const source of sources) take(chunkOf(source));
  return files;
}

/** In kB, gzipped. */
function weightOf(...sources: string[]): number {
  const files = filesFor(["index.html", "parts/Shell.svelte", ...sources]);
  return [...files].reduce((sum, file) => sum + (sizes.get(file) ?? 0), 0) / KB;
}

const BUDGETS: [what: string, most: number, sources: string[]][] = [
  ["the portal's list", 115, ["pages/Portal.svelte"]],
  ["the console", 120, ["pages/Console.svelte"]],
  ["the console at a ticket", 120, ["pages/Console.svelte", "pages/ConsoleTicket.svelte"]],
];

for (const [what, most, sources] of BUDGETS) {
  test(`the first load of ${what} is at most ${most} kB gzip`, (context) => {
    const weight = weightOf(...sources);
    context.diagnostic(`${what}: ${weight.toFixed(1)} kB`);
    assert.ok(weight > 30, "less than Svelte and the socket: something is not counted");
    assert.ok(weight <= most, `${weight.toFixed(1)} kB`);
  });
}

test("no file waits for the one that starts the pages: it waits for a language, which is a file", () => {
  const started = chunkOf("index.html");
  assert.ok(Object.keys(chunks.get(started)?.modules ?? {}).some((id) => id.endsWith("/main.ts")));
  const waiting = [...chunks.values()].filter(({ imports }) => imports.includes(started));
  assert.deepEqual(
    waiting.map(({ fileName }) => fileName),
    [],
  );
});
