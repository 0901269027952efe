// The REST API in memory: answers by method and path, and what was asked.

type Answer = object | ((body: unknown, query: URLSearchParams) => object | undefined);

/** One request as it came. */
export interface Asked {
  readonly what: string;
  readonly query: string;
  readonly body: unknown;
}

/** The headers of the requests, beside `asked`. */
export type Told = Readonly<Record<string, string>>;

/** A problem document with this status and code. */
export function problem(status: number, code: string, more: object = {}): object {
  return { __status: status, type: `urn:${code}`, title: "", status, code, detail: code, ...more };
}

/** An answer with an ETag. */
export function tagged(etag: string, value: object): object {
  return { __etag: etag, ...value };
}

/** A `fetch` that answers `"GET /v1/rooms"` and its like; what is not there is 404. */
export function restInMemory(answers: Record<string, Answer>) {
  const asked: Asked[] = [];
  const told: Told[] = [];
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(path, "http://offhook.test");
    const what = `${init.method ?? "GET"} ${url.pathname}`;
    const body: unknown = typeof init.body === "string" ? JSON.parse(init.body) : null;
    asked.push({ what, query: url.searchParams.toString(), body });
    told.push((init.headers ?? {}) as Told);
    const answer = answers[what] ?? problem(404, "not_found");
    const value = typeof answer === "function" ? answer(body, url.searchParams) : answer;
    if (value === undefined) {
      return new Response(null, { status: 204 });
    }
    const {
      __status: status = 200,
      __etag: etag = "",
      ...shown
    } = value as Record<string, unknown>;
    const headers: HeadersInit = etag ? { etag: String(etag) } : {};
    return new Response(JSON.stringify(shown), { status: Number(status), headers });
  };
  return { ask: ask as typeof fetch, asked, told };
}

/** Let everything happen that can happen at once. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}
