// An example call of a route: a line for a shell, with a body that fits. Pure.
import {
  bodyOf,
  isGuarded,
  type OpenApi,
  objectOf,
  type Route,
  resolve,
  type Schema,
  takesBasic,
} from "./openapi.js";

const DEEPEST = 4;

/** A line for a shell that calls the route. */
export function curl(document: OpenApi, route: Route, origin: string): string {
  const parts = ["curl"];
  if (route.method !== "get") {
    parts.push("-X", route.method.toUpperCase());
  }
  if (takesBasic(document, route)) {
    parts.push("-u", quoted("$OFFHOOK_KEY:$OFFHOOK_SECRET", '"'));
  } else if (isGuarded(document, route)) {
    parts.push("-H", quoted("Authorization: Bearer $OFFHOOK_TOKEN", '"'));
  }
  const body = bodyOf(
    route.operation.requestBody && resolve(document, route.operation.requestBody),
  );
  if (body) {
    const given = body.content.example ?? exampleOf(document, body.content.schema ?? {});
    parts.push("-H", quoted(`Content-Type: ${body.type}`));
    parts.push("-d", quoted(typeof given === "string" ? given : JSON.stringify(given)));
  }
  parts.push(quoted(origin + filled(document, route)));
  return parts.join(" ");
}

/** A value that fits a schema: what is required, with examples and defaults where there are. */
export function exampleOf(document: OpenApi, schema: Schema, depth = 0): unknown {
  const own = resolve(document, schema);
  const given = own.examples?.[0] ?? own.example ?? own.default ?? own.const ?? own.enum?.[0];
  if (given !== undefined) {
    return given;
  }
  const choice = (own.anyOf ?? own.oneOf)?.find((each) => each.type !== "null");
  if (choice && !own.properties) {
    return exampleOf(document, choice, depth);
  }
  const object = objectOf(document, own);
  if (object?.properties) {
    return exampleObject(document, object, depth);
  }
  return PLAIN[firstType(own)] ?? null;
}

const PLAIN: Readonly<Record<string, unknown>> = {
  string: "text",
  integer: 1,
  number: 1,
  boolean: true,
  array: [],
  object: {},
};

function exampleObject(document: OpenApi, object: Schema, depth: number): unknown {
  const required = new Set(object.required ?? []);
  const wanted = Object.entries(object.properties ?? {}).filter(
    ([name, property]) => required.has(name) || property.examples?.length,
  );
  return depth > DEEPEST
    ? {}
    : Object.fromEntries(
        wanted.map(([name, property]) => [name, exampleOf(document, property, depth + 1)]),
      );
}

function filled(document: OpenApi, route: Route): string {
  const query = route.parameters
    .filter(({ in: where, required }) => where === "query" && required)
    .map(({ name, schema }) => `${name}=${example(document, schema)}`);
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const parameter = route.parameters.find((each) => each.name === name);
    const given = example(document, parameter?.schema);
    return given === "text" ? name.toUpperCase() : given;
  });
  return path + (query.length > 0 ? `?${query.join("&")}` : "");
}

function example(document: OpenApi, schema: Schema | undefined): string {
  return String(exampleOf(document, schema ?? { type: "string" }));
}

function firstType(schema: Schema): string {
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  return (types.find((type) => type !== "null") as string | undefined) ?? "object";
}

function quoted(text: string, mark = "'"): string {
  return mark === "'" ? `'${text.replaceAll("'", `'\\''`)}'` : `"${text}"`;
}
