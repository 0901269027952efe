import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const MOST = 8 * 1024;
const WEB = decodeURIComponent(new URL("../..", import.meta.url).pathname);

/** The loader as it is shipped. Vite builds it in a process of its own, apart from the test's. */
function built(): string {
  const folder = `${WEB}node_modules/.vitest-widget`;
  const vite = `${WEB}node_modules/vite/bin/vite.js`;
  const order = ["build", "--config", "vite.widget.config.ts", "--outDir", folder];
  execFileSync(process.execPath, [vite, ...order, "--logLevel", "error"], { cwd: WEB });
  return readFileSync(`${folder}/widget.js`, "utf-8");
}

test("the loader is one classic script of at most 8 kB, without imports", () => {
  const code = built();
  expect(code).not.toMatch(/\bimport\b|\bexport\b|innerHTML|\beval\b/);
  expect(gzipSync(code).length).toBeGreaterThan(1000);
  expect(gzipSync(code).length).toBeLessThanOrEqual(MOST);
}, 30_000);
