// The sources of the pages, for tests that read them.

import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

const SRC = join(import.meta.dirname, "..", "src");

export interface Source {
  /** From `src` on. */
  path: string;
  text: string;
}

export function sources(...ends: string[]): Source[] {
  return readdirSync(SRC, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ends.some((end) => entry.name.endsWith(end)))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ path: relative(SRC, file), text: readFileSync(file, "utf8") }));
}
