// How /widget.js is built: one classic script without imports, at a name that stays.
import { defineConfig } from "vite";
import { launcherWordsPlugin } from "./vite.words.js";

const here = (path: string): string => decodeURIComponent(new URL(path, import.meta.url).pathname);

export default defineConfig({
  root: here("."),
  publicDir: false,
  plugins: [launcherWordsPlugin()],
  build: {
    outDir: here("../offhook/app/static"),
    emptyOutDir: false,
    target: ["chrome123", "firefox120", "safari17.5"],
    lib: {
      entry: here("src/widget/main.ts"),
      formats: ["iife"],
      name: "OffhookWidget",
      fileName: () => "widget.js",
    },
  },
});
