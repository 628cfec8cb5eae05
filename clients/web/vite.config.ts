// Builds the pages into dist/, and serves them against a running node while they are changed.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

const node = process.env.DESKWIRE_NODE ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [svelte()],
  build: {
    target: "es2022",
    // They know light-dark(): rewritten for older ones, it would not follow a part of a page.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    chunkSizeWarningLimit: 300,
  },
  server: {
    proxy: {
      "/api": node,
      "/socket.io": { target: node, ws: true },
    },
  },
});
