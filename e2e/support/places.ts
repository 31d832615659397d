import type { Schema } from "../openapi/arbitrary";
import type { OpenApi, Operation } from "../openapi/document";

/**
 * Every place of a request in which something can be named, as the document has it: `path:room`,
 * `query:cursor`, `header:Idempotency-Key`, `body:writes.id`.
 */
export function placesOf(api: OpenApi, { parameters = [], requestBody }: Operation): string[] {
  const schemas = Object.values(requestBody?.content ?? {}).map(({ schema }) => schema);
  return [
    ...parameters.map(({ in: place, name }) => `${place}:${name}`),
    ...new Set(schemas.flatMap((schema) => membersOf(api, schema).map((name) => `body:${name}`))),
  ];
}

/** The members of a body that have no members themselves; those of a list's items by its name. */
function membersOf(api: OpenApi, schema: Schema): string[] {
  if (schema.$ref) return membersOf(api, api.resolve(schema.$ref));
  const { anyOf = [], oneOf = [], allOf = [], items, properties = {} } = schema;
  const parts = [...anyOf, ...oneOf, ...allOf, ...(items ? [items] : [])];
  const own = Object.entries(properties).flatMap(([name, member]) => {
    const inner = membersOf(api, member);
    return inner.length > 0 ? inner.map((one) => `${name}.${one}`) : [name];
  });
  return [...new Set([...parts.flatMap((part) => membersOf(api, part)), ...own])];
}
