// How long to wait before the next attempt to reach the server.

const STEPS = [0, 300, 1200, 2700, 4800] as const;
const LAST_STEP = 7000;
const JITTER = 1000;

/**
 * Milliseconds to wait before attempt number `attempt` (the first is 0). From the third attempt
 * on up to a second is added by chance, so that a room does not come back all at once.
 */
export function retryDelay(attempt: number, random: () => number = Math.random): number {
  const step = STEPS[attempt] ?? LAST_STEP;
  return attempt < 2 ? step : step + random() * JITTER;
}
