// Brings the bytes of one file over HTTP, telling how far it has got.
import type { FilePass } from "../protocol.js";
import { isProblem, Refused, Unreachable } from "./errors.js";

/** How bytes are brought: `told` hears how many have gone. Rejects as commands do. */
export type Bring = (
  pass: FilePass,
  file: Blob,
  told: (bytes: number) => void,
  stopped: AbortSignal,
) => Promise<void>;

/** With `XMLHttpRequest`, for `fetch` does not tell how much it has sent. */
export const bring: Bring = (pass, file, told, stopped) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", pass.url);
    request.setRequestHeader("Authorization", `Bearer ${pass.ticket}`);
    request.setRequestHeader("Content-Type", pass.file.type);
    request.upload.onprogress = ({ loaded }) => told(loaded);
    request.onload = () =>
      request.status === 201 ? resolve() : reject(refusal(request.responseText, request.status));
    request.onerror = () => reject(new Unreachable("the file broke off"));
    request.onabort = () => reject(new Unreachable("the file was not sent"));
    stopped.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });

function refusal(text: string, status: number): Error {
  try {
    const body: unknown = JSON.parse(text);
    return isProblem(body) ? new Refused(body) : new Unreachable(`answered ${status}`);
  } catch {
    return new Unreachable(`answered ${status}`);
  }
}
