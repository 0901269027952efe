// The REST API in memory: answers by method and path, and what was asked.

type Answer = object | ((body: unknown, query: URLSearchParams) => object | undefined);

/** One request as it came. */
export interface Asked {
  readonly what: string;
  readonly query: string;
  readonly body: unknown;
}

/** A problem document with this status and code. */
export function problem(status: number, code: string, more: object = {}): object {
  return { __status: status, type: `urn:${code}`, title: "", status, code, detail: code, ...more };
}

/** A `fetch` that answers `"GET /v1/rooms"` and its like; what is not there is 404. */
export function restInMemory(answers: Record<string, Answer>) {
  const asked: Asked[] = [];
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(path, "http://offhook.test");
    const what = `${init.method ?? "GET"} ${url.pathname}`;
    const body: unknown = typeof init.body === "string" ? JSON.parse(init.body) : null;
    asked.push({ what, query: url.searchParams.toString(), body });
    const answer = answers[what] ?? problem(404, "not_found");
    const value = typeof answer === "function" ? answer(body, url.searchParams) : answer;
    if (value === undefined) {
      return new Response(null, { status: 204 });
    }
    const status = "__status" in value ? Number(value.__status) : 200;
    return new Response(JSON.stringify(value), { status });
  };
  return { ask: ask as typeof fetch, asked };
}

/** Let everything happen that can happen at once. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}
