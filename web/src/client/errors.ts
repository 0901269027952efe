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
