// Builds the widget into one script for other sites: clients/widget/dist/widget.js.
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const MOST = 30 * 1000; // A kB has 1,000 bytes here as in `tests/budget.test.ts`.
const widget = fileURLToPath(new URL("../widget", import.meta.url));

/** Other sites carry it: what is too heavy is not built. */
const light: Plugin = {
  name: "light",
  enforce: "post",
  generateBundle(_, bundle) {
    for (const made of Object.values(bundle)) {
      if (made.type !== "chunk") continue;
      const size = gzipSync(made.code, { level: 9 }).length;
      this.info(`${made.fileName}: ${size} of ${MOST} bytes, gzipped`);
      if (size > MOST) this.error(`${made.fileName} has ${size} bytes gzipped, over ${MOST}`);
    }
  },
};

export default defineConfig({
  root: widget,
  // The live layer's socket is a slim one here: it speaks the same protocol.
  resolve: { alias: { "socket.io-client": `${widget}/src/socket.ts` } },
  build: {
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    lib: {
      entry: `${widget}/src/main.ts`,
      formats: ["iife"],
      name: "deskwireWidget",
      fileName: () => "widget.js",
    },
  },
  plugins: [light],
});
