// Every golden example of the wire is what the generated types say, by the compiler's own word.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import ts from "typescript";

const ROOT = join(import.meta.dirname, "..", "..", "..");
const GOLDEN = join(ROOT, "tests", "contract", "golden");
const TYPES = join(ROOT, "clients", "contracts", "typescript", "index.ts");
const SCHEMA = JSON.parse(readFileSync(join(ROOT, "clients", "contracts", "schema.json"), "utf8"));

interface Example {
  type: string;
  [field: string]: unknown;
}

/** The interface of each `type`; the machine's own commands are in no contract. */
const interfaces = new Map<string, string>(
  [
    "TicketCommand",
    "AgentCommand",
    "DocumentCommand",
    "TicketEvent",
    "AgentEvent",
    "FeedEvent",
  ].flatMap((union) =>
    Object.entries<string>(SCHEMA.$defs[union].discriminator.mapping).map(
      ([type, reference]): [string, string] => [type, reference.replace("#/$defs/", "")],
    ),
  ),
);

const examples = readdirSync(GOLDEN)
  .map((file): Example => JSON.parse(readFileSync(join(GOLDEN, file), "utf8")))
  .filter((example) => interfaces.has(example.type));

/** What the compiler says of a module that holds the values as what they are named. */
function complaints(values: { is: string; value: object }[]): string[] {
  const source = [
    `import type * as wire from ${JSON.stringify(TYPES)};`,
    ...values.map(
      ({ is, value }, at) => `export const v${at}: wire.${is} = ${JSON.stringify(value)};`,
    ),
  ].join("\n");
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    exactOptionalPropertyTypes: true,
    allowImportingTsExtensions: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  const name = join(ROOT, "examples.ts");
  host.getSourceFile = (file, version, ...rest) =>
    file === name
      ? ts.createSourceFile(file, source, version)
      : getSourceFile.call(host, file, version, ...rest);
  const program = ts.createProgram([name], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map((each) => ts.flattenDiagnosticMessageText(each.messageText, "\n"));
}

test("every type of the wire has an example", () => {
  const shown = new Set(examples.map(({ type }) => type));
  assert.deepEqual(
    [...interfaces.keys()].filter((type) => !shown.has(type)),
    [],
  );
});

test("the compiler takes every example as its interface", () => {
  const values = examples.map((value) => ({ is: interfaces.get(value.type) ?? "", value }));
  assert.deepEqual(complaints(values), []);
});

test("the compiler takes no example that lacks a field or has a wrong one", () => {
  const example = examples.find(({ type }) => type === "ticket.assigned");
  assert.ok(example);
  const lacking = Object.fromEntries(
    Object.entries(example).filter(([name]) => name !== "team_id"),
  );
  const wrong = { ...example, team_id: 7 };
  assert.equal(complaints([{ is: "TicketAssigned", value: lacking }]).length, 1);
  assert.equal(complaints([{ is: "TicketAssigned", value: wrong }]).length, 1);
  assert.equal(
    complaints([{ is: "TicketEvent", value: { ...example, type: "ticket.cloned" } }]).length,
    1,
  );
});
