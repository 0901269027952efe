// Where this page remembers things: the browser's storage, or the page itself when that is refused.

/** The part of `Storage` that is used. */
export interface Memory {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** What outlives the tab (`localStorage`), or lives as long as it (`sessionStorage`). */
export function memory(which: "localStorage" | "sessionStorage"): Memory {
  try {
    const storage = globalThis[which];
    storage.getItem("offhook");
    return storage;
  } catch {
    return forgetful();
  }
}

/** Remembers for as long as the page lives. */
export function forgetful(): Memory {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}
