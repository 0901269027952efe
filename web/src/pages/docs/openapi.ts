// Reading an OpenAPI 3.1 document: its routes in groups, and its schemas as lines. Pure.

/** The parts of a JSON Schema that are shown. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly example?: unknown;
  readonly additionalProperties?: boolean | Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
}

export interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: "path" | "query" | "header" | "cookie";
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
}

interface Content {
  readonly schema?: Schema;
  readonly example?: unknown;
}

export interface Answer {
  readonly $ref?: string;
  readonly description?: string;
  readonly content?: Readonly<Record<string, Content>>;
}

export interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Answer & { readonly required?: boolean };
  readonly responses?: Readonly<Record<string, Answer>>;
  readonly security?: readonly Readonly<Record<string, unknown>>[];
}

export interface OpenApi {
  readonly openapi: string;
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly description?: string;
  };
  readonly servers?: readonly { readonly url: string }[];
  readonly tags?: readonly { readonly name: string; readonly description?: string }[];
  readonly paths?: Readonly<Record<string, unknown>>;
  readonly components?: {
    readonly schemas?: Readonly<Record<string, Schema>>;
    readonly [part: string]: Readonly<Record<string, unknown>> | undefined;
  };
  readonly security?: readonly Readonly<Record<string, unknown>>[];
}

/** One route: a method on a path. */
export interface Route {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
  readonly parameters: readonly Parameter[];
}

export interface Group {
  readonly name: string;
  readonly description: string;
  readonly routes: readonly Route[];
}

/** One property of a schema, at its depth. */
export interface Line {
  readonly name: string;
  readonly depth: number;
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
  readonly limits: string;
}

const METHODS = ["get", "post", "put", "patch", "delete", "head", "options"] as const;
const DEEPEST = 4;

/** The routes by their first tag, in the order of the document's tags. */
export function groups(document: OpenApi): Group[] {
  const found = new Map<string, Route[]>();
  for (const tag of document.tags ?? []) {
    found.set(tag.name, []);
  }
  for (const route of routes(document)) {
    const name = route.operation.tags?.[0] ?? "";
    found.set(name, [...(found.get(name) ?? []), route]);
  }
  const described = new Map((document.tags ?? []).map((tag) => [tag.name, tag.description ?? ""]));
  return [...found]
    .filter(([, members]) => members.length > 0)
    .map(([name, members]) => ({ name, description: described.get(name) ?? "", routes: members }));
}

/** What a reference names, or the thing itself. */
export function resolve<Part extends { readonly $ref?: string }>(
  document: OpenApi,
  part: Part,
): Part {
  let found: unknown = part;
  for (let hops = 0; hops < 10; hops++) {
    const reference = (found as { $ref?: string } | undefined)?.$ref;
    if (!reference?.startsWith("#/")) {
      break;
    }
    found = reference
      .slice(2)
      .split("/")
      .reduce<unknown>(
        (place, key) => (place as Record<string, unknown> | undefined)?.[unescaped(key)],
        document,
      );
  }
  return (found ?? part) as Part;
}

/** The type of a schema in a few words: `string (date-time)`, `Room[]`, `"a" | "b"`. */
export function typeOf(document: OpenApi, schema: Schema): string {
  const named = schema.$ref?.split("/").at(-1);
  const choices = schema.anyOf ?? schema.oneOf;
  if (named) {
    const target = resolve(document, schema);
    return target.enum || target.const !== undefined ? typeOf(document, target) : named;
  }
  if (choices) {
    return [...new Set(choices.map((choice) => typeOf(document, choice)))].join(" | ");
  }
  if (schema.enum) {
    return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  }
  if (schema.const !== undefined) {
    return JSON.stringify(schema.const);
  }
  return plainType(document, schema);
}

/** The properties of an object schema, those of its objects below them. */
export function lines(document: OpenApi, schema: Schema, depth = 0): Line[] {
  const object = objectOf(document, schema);
  if (!object?.properties || depth > DEEPEST) {
    return [];
  }
  const required = new Set(object.required ?? []);
  return Object.entries(object.properties).flatMap(([name, property]) => [
    {
      name,
      depth,
      type: typeOf(document, property),
      required: required.has(name),
      description: property.description ?? resolve(document, property).description ?? "",
      limits: limitsOf(property),
    },
    ...lines(document, property, depth + 1),
  ]);
}

/** The schema of a body and its media type, JSON first. */
export function bodyOf(body: Answer | undefined): { type: string; content: Content } | null {
  const all = Object.entries(body?.content ?? {});
  const best = all.find(([type]) => type.includes("json")) ?? all[0];
  return best ? { type: best[0], content: best[1] } : null;
}

/** Whether a route wants a key. */
export function isGuarded(document: OpenApi, route: Route): boolean {
  const security = securityOf(document, route);
  return security.length > 0 && security.every((wish) => Object.keys(wish).length > 0);
}

/** Whether a key's id and secret open a route without a token. */
export function takesBasic(document: OpenApi, route: Route): boolean {
  const schemes = document.components?.securitySchemes ?? {};
  const isBasic = (name: string) => (schemes[name] as { scheme?: string })?.scheme === "basic";
  return securityOf(document, route).some((wish) => Object.keys(wish).some(isBasic));
}

function securityOf(document: OpenApi, route: Route) {
  return route.operation.security ?? document.security ?? [];
}

function routes(document: OpenApi): Route[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) => {
    const methods = item as Readonly<Record<string, unknown>>;
    const shared = (methods.parameters ?? []) as readonly Parameter[];
    return METHODS.flatMap((method) => {
      const operation = methods[method] as Operation | undefined;
      if (!operation) {
        return [];
      }
      const parameters = [...shared, ...(operation.parameters ?? [])].map((each) =>
        resolve(document, each),
      );
      const id = operation.operationId ?? `${method}-${path.replace(/\W+/g, "-")}`;
      return [{ id, method, path, operation, parameters }];
    });
  });
}

/** The object that a schema is, holds, or chooses from; null when there is none. */
export function objectOf(document: OpenApi, schema: Schema): Schema | null {
  const own = resolve(document, schema);
  if (own.properties) {
    return own;
  }
  if (own.allOf) {
    const parts = own.allOf.map((part) => objectOf(document, part));
    return {
      properties: Object.assign({}, ...parts.map((part) => part?.properties)),
      required: parts.flatMap((part) => part?.required ?? []),
    };
  }
  if (own.items) {
    return objectOf(document, own.items);
  }
  const choice = (own.anyOf ?? own.oneOf)?.find((each) => resolve(document, each).properties);
  return choice ? objectOf(document, choice) : null;
}

function plainType(document: OpenApi, schema: Schema): string {
  if (schema.items) {
    const inner = typeOf(document, schema.items);
    return inner.includes(" ") ? `(${inner})[]` : `${inner}[]`;
  }
  const types = Array.isArray(schema.type) ? schema.type.join(" | ") : (schema.type as string);
  const values = schema.additionalProperties;
  if (schema.type === "object" && typeof values === "object") {
    return `{[name]: ${typeOf(document, values)}}`;
  }
  return (types ?? "any") + (schema.format ? ` (${schema.format})` : "");
}

/** What a value may be, in a few words. */
export function limitsOf(schema: Schema): string {
  const { minimum, maximum, minLength, maxLength, pattern } = schema;
  const shown = [
    minimum === undefined ? "" : `≥ ${minimum}`,
    maximum === undefined ? "" : `≤ ${maximum}`,
    minLength === undefined ? "" : `≥ ${minLength} characters`,
    maxLength === undefined ? "" : `≤ ${maxLength} characters`,
    pattern === undefined ? "" : pattern,
    (schema.default ?? "") ? `default ${JSON.stringify(schema.default)}` : "",
  ];
  return shown.filter(Boolean).join(", ");
}

function unescaped(key: string): string {
  return key.replaceAll("~1", "/").replaceAll("~0", "~");
}
