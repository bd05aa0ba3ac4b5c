// SPDX-License-Identifier: Apache-2.0
// Every file directly in wangge/ui/frontend is an entry; folders below it hold what entries share.
import { globSync } from "node:fs";
import { defineConfig } from "vite";

const root = "wangge/ui/frontend";

export default defineConfig({
  root,
  base: "./", // works below any STATIC_URL
  publicDir: false,
  build: {
    outDir: "../static/ui/dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    chunkSizeWarningLimit: 1500, // MapLibre is one large module
    rollupOptions: { input: globSync(`${root}/*.ts`).filter((path) => !path.endsWith(".d.ts")) },
  },
});
