// How the pages are built and tested: HTML entries into offhook/app/static, no inline code.
import { defineConfig } from "vitest/config";
import { launcherWordsPlugin } from "./vite.words.js";

const here = (path: string): string => decodeURIComponent(new URL(path, import.meta.url).pathname);

export default defineConfig({
  root: here("."),
  base: "/",
  plugins: [launcherWordsPlugin()],
  build: {
    outDir: here("../offhook/app/static"),
    emptyOutDir: true,
    target: ["chrome123", "firefox120", "safari17.5"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        index: here("index.html"),
        room: here("room.html"),
        docs: here("docs.html"),
        admin: here("admin.html"),
        visit: here("visit.html"),
        desk: here("desk.html"),
        supervisor: here("supervisor.html"),
      },
    },
  },
  server: {
    fs: { allow: [here("."), here("../offhook/core/words")] },
  },
  test: {
    environment: "node",
    pool: "vmThreads",
    include: ["src/**/*.test.ts"],
    restoreMocks: true,
  },
});
