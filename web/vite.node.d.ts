// The little of Node that the build's own files use.
declare module "node:fs" {
  export function readdirSync(folder: string): string[];
  export function readFileSync(file: string, encoding: "utf-8"): string;
}
declare module "node:zlib" {
  export function gzipSync(text: string): { readonly length: number };
}
declare module "node:child_process" {
  export function execFileSync(
    file: string,
    given: readonly string[],
    options: { readonly cwd: string },
  ): unknown;
}
declare const process: { readonly execPath: string };
