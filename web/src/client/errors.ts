// What can go wrong between this page and the server: it said no, or it could not be reached.
import type { Problem } from "../protocol.js";

/** The server answered with a problem document (RFC 9457). */
export class Refused extends Error {
  override readonly name = "Refused";

  constructor(readonly problem: Problem) {
    super(`${problem.code}: ${problem.detail}`);
  }

  /** Whether the same may work a little later. */
  get passes(): boolean {
    return this.problem.retryable === true || this.problem.status >= 500;
  }

  /** The stable code of the problem. */
  get code(): string {
    return this.problem.code;
  }
}

/** The server was not reached, or its answer did not come in time. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/** Whether a value that came over the wire is a problem document. */
export function isProblem(value: unknown): value is Problem {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as Partial<Problem>).code === "string" &&
    typeof (value as Partial<Problem>).status === "number"
  );
}

/** The error that work ended with; null when it went well. */
export async function failureOf(work: Promise<void>): Promise<Error | null> {
  try {
    await work;
    return null;
  } catch (error) {
    return error as Error;
  }
}

/** What could not be said now is said after coming back; a refusal is passed on. */
export async function unlessUnreachable(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Unreachable)) {
      throw error;
    }
  }
}
