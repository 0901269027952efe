// Places inside an object, written as the server's problems name them: `requirements[0].expression`.
// Pure.

/** The steps of a path: names, and places in a list. */
export function steps(path: string): (string | number)[] {
  const found = path.match(/[^.[\]]+|\[\d+\]/g) ?? [];
  return found.map((step) => (step.startsWith("[") ? Number(step.slice(1, -1)) : step));
}

/** What stands there; undefined where nothing does. */
export function at(value: unknown, path: string): unknown {
  return steps(path).reduce<unknown>(
    (found, step) =>
      typeof found === "object" && found !== null
        ? (found as Record<string | number, unknown>)[step]
        : undefined,
    value,
  );
}

/** The same object with something else in one place; undefined takes the name away. */
export function put<Value>(value: Value, path: string, to: unknown): Value {
  return placed(value, steps(path), to) as Value;
}

function placed(
  value: unknown,
  [step, ...rest]: readonly (string | number)[],
  to: unknown,
): unknown {
  if (step === undefined) {
    return to;
  }
  if (typeof step === "number") {
    const list = Array.isArray(value) ? [...(value as unknown[])] : [];
    list[step] = placed(list[step], rest, to);
    return list;
  }
  const { [step]: before, ...others } = (value ?? {}) as Record<string, unknown>;
  const after = placed(before, rest, to);
  return after === undefined ? others : { ...(value as object | null), [step]: after };
}

/** Whether `path` is `outer` or stands inside of it. */
export function within(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);
}

/** The one of `paths` that shows what stands at `path`: itself, what holds it, or its first part. */
export function nearest(paths: readonly string[], path: string): string | undefined {
  const holders = paths.filter((each) => within(path, each));
  const [closest] = holders.sort((one, other) => other.length - one.length);
  return closest ?? paths.find((each) => within(each, path));
}

/** Whether two values say the same; the order of names does not count. */
export function same(one: unknown, other: unknown): boolean {
  if (one === other) {
    return true;
  }
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) {
    return false;
  }
  const names = Object.keys(one);
  return (
    Array.isArray(one) === Array.isArray(other) &&
    names.length === Object.keys(other).length &&
    names.every((name) => name in other && same(at(one, own(one, name)), at(other, own(one, name))))
  );
}

function own(value: object, name: string): string {
  return Array.isArray(value) ? `[${name}]` : name;
}
