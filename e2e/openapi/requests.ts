import fc, { type Arbitrary } from "fast-check";
import { type Schema, twisted, valid } from "./arbitrary";
import type { OpenApi, Operation, Parameter } from "./document";

/** A request as it is sent. */
export interface Wanted {
  params: Record<string, string>;
  query: Record<string, string>;
  headers: Record<string, string>;
  body?: { type: string; value: unknown };
}

/** What addresses lead somewhere: ids of what the caller has. */
export type Seeds = Record<string, string>;

/** Field values as they pass through fetch: visible characters, nothing around them. */
const fieldValue = fc
  .string({ unit: "grapheme-ascii", minLength: 1, maxLength: 40 })
  .map((value) => value.trim())
  .filter((value) => value !== "");
/** `.` and `..` are no segments of an address. */
const segment = fc
  .string({ unit: "binary", minLength: 1, maxLength: 60 })
  .filter((value) => !/^\.{1,2}$/.test(value) && value.isWellFormed());

/** Requests that the document allows, as far as it goes. */
export function allowed(api: OpenApi, operation: Operation, seeds: Seeds): Arbitrary<Wanted> {
  return request(operation, seeds, (schema) => valid(schema, api.resolve));
}

/** Requests that are wrong in some place, most of them. */
export function refused(api: OpenApi, operation: Operation, seeds: Seeds): Arbitrary<Wanted> {
  return request(operation, seeds, (schema) =>
    fc.oneof(
      { weight: 1, arbitrary: valid(schema, api.resolve) },
      { weight: 2, arbitrary: twisted(schema, api.resolve) },
    ),
  );
}

function request(
  { parameters = [], requestBody }: Operation,
  seeds: Seeds,
  values: (schema: Schema) => Arbitrary<unknown>,
): Arbitrary<Wanted> {
  const named = (place: Parameter["in"]) => parameters.filter((one) => one.in === place);
  const texts = (schema: Schema) =>
    values(schema).map((value) => (typeof value === "string" ? value : JSON.stringify(value)));
  const record = (place: Parameter["in"], of: (one: Parameter) => Arbitrary<string>) => {
    const given = named(place);
    const requiredKeys = given.filter(({ required }) => required).map(({ name }) => name);
    const entries = given.map((one) => [one.name, of(one)]);
    return fc.record(Object.fromEntries(entries), { requiredKeys }) as Arbitrary<Wanted["query"]>;
  };
  return fc.record({
    params: record("path", ({ name, schema }) => {
      const seed = seeds[name];
      const other = schema.enum ? fc.oneof(texts(schema), segment) : segment;
      return seed === undefined
        ? other
        : fc.oneof({ weight: 3, arbitrary: fc.constant(seed) }, { weight: 1, arbitrary: other });
    }),
    query: record("query", ({ schema }) => texts(schema).filter((text) => text.isWellFormed())),
    headers: record("header", ({ schema }) =>
      fc.oneof(
        fieldValue,
        texts(schema).filter((text) => /^[!-~]([ -~]*[!-~])?$/.test(text)),
      ),
    ),
    ...(requestBody && { body: bodyOf(requestBody.content, values) }),
  });
}

/** By its suffix as well (RFC 6838, 4.2.8). */
const isJson = (type: string) => /^application\/(.+\+)?json$/.test(type);

function bodyOf(
  content: Record<string, { schema: Schema }>,
  values: (s: Schema) => Arbitrary<unknown>,
) {
  const bodies = Object.entries(content).map(([type, { schema }]) =>
    isJson(type)
      ? values(schema).map((value) => ({ type, value }))
      : fc.string({ unit: "binary", maxLength: 300 }).map((value) => ({ type, value })),
  );
  return fc.oneof(...bodies);
}

/** Why the document refuses a request; null where it does not. */
export function faultsOf(
  api: OpenApi,
  { parameters = [], requestBody }: Operation,
  wanted: Wanted,
) {
  const places = { path: wanted.params, query: wanted.query, header: wanted.headers };
  for (const { in: place, name, schema, required } of parameters) {
    const text = places[place][name];
    if (text === undefined) {
      if (required) return `${name} is missing`;
      continue;
    }
    const isNumber = schema.type === "integer" || schema.type === "number";
    const value = isNumber && /^\d{1,16}$/.test(text) ? Number(text) : text;
    const fault = api.faults(schema, value);
    if (fault) return `${name}: ${fault}`;
  }
  const { body } = wanted;
  const schema = body && isJson(body.type) && requestBody?.content[body.type]?.schema;
  return schema ? api.faults(schema, body.value) : null;
}

/** Sends it, at the address that a path template makes of it. */
export function send(
  origin: string,
  method: string,
  template: string,
  { params, query, headers, body }: Wanted,
  token?: string,
): Promise<Response> {
  const path = template.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(params[name] ?? ""));
  const url = new URL(path, origin);
  url.search = new URLSearchParams(query).toString();
  const given = new Headers(headers);
  if (token) given.set("authorization", `Bearer ${token}`);
  return fetch(url, {
    method: method.toUpperCase(),
    headers: given,
    signal: AbortSignal.timeout(20_000),
    ...(body && contentOf(body, given)),
  });
}

function contentOf({ type, value }: NonNullable<Wanted["body"]>, headers: Headers): RequestInit {
  if (type === "multipart/form-data") {
    const form = new FormData();
    form.set("file", new Blob([String(value)], { type: "text/plain" }), "file.txt");
    return { body: form };
  }
  headers.set("content-type", type);
  return { body: isJson(type) ? JSON.stringify(value) : String(value) };
}
