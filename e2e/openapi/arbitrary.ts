import fc, { type Arbitrary } from "fast-check";

/** What JSON Schema 2020-12 this document uses. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
}

type Resolve = (reference: string) => Schema;

/** Longer ones find nothing that these do not. */
const MAX_LENGTH = 200;
const MAX_ITEMS = 5;

/** Values that a schema allows. @throws Error for a keyword that it does not know how to obey */
export function valid(schema: Schema, resolve: Resolve): Arbitrary<unknown> {
  const { $ref, type, anyOf, oneOf, allOf } = schema;
  if ($ref) return valid(resolve($ref), resolve);
  if ("const" in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices = anyOf ?? oneOf;
  if (choices) return fc.oneof(...choices.map((one) => valid(one, resolve)));
  if (allOf) throw new Error("allOf is not generated");
  if (Array.isArray(type))
    return fc.oneof(...type.map((one) => valid({ ...schema, type: one }, resolve)));
  switch (type) {
    case undefined:
      return fc.jsonValue({ maxDepth: 3 });
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "integer":
      return fc.integer(boundsOf(schema));
    case "number":
      return fc.double({ ...boundsOf(schema), noNaN: true, noDefaultInfinity: true });
    case "string":
      return text(schema);
    case "array":
      return fc.array(valid(schema.items ?? {}, resolve), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? MAX_ITEMS, (schema.minItems ?? 0) + MAX_ITEMS),
      });
    case "object":
      return object(schema, resolve);
    default:
      throw new Error(`The type ${type} is not generated`);
  }
}

/** Values that a schema most likely refuses: a valid one with one thing wrong, or something else. */
export function twisted(schema: Schema, resolve: Resolve): Arbitrary<unknown> {
  const target = schema.$ref ? resolve(schema.$ref) : schema;
  const anything = fc.jsonValue({ maxDepth: 3 });
  if (target.type !== "object") return anything;
  const properties = Object.keys(target.properties ?? {});
  const whole = valid(target, resolve) as Arbitrary<Record<string, unknown>>;
  const name = properties.length > 0 ? fc.constantFrom(...properties) : fc.string();
  return fc.oneof(
    anything,
    fc.tuple(whole, name).map(([value, key]) => {
      const { [key]: _, ...rest } = value;
      return rest;
    }),
    fc.tuple(whole, name, anything).map(([value, key, other]) => ({ ...value, [key]: other })),
    fc
      .tuple(whole, fc.string(), anything)
      .map(([value, key, other]) => ({ ...value, [key]: other })),
  );
}

function boundsOf({ minimum, maximum }: Schema) {
  const most = Number.MAX_SAFE_INTEGER;
  return { min: Math.max(minimum ?? -most, -most), max: Math.min(maximum ?? most, most) };
}

function text({ minLength = 0, maxLength = MAX_LENGTH, pattern, format }: Schema) {
  if (format === "uuid") return fc.uuid();
  if (pattern) {
    const matching = fc.stringMatching(new RegExp(pattern, "u"));
    return matching.filter(({ length }) => length >= minLength && length <= maxLength);
  }
  // By code points, which is what the lengths of JSON Schema count.
  const unit = fc.oneof(
    { weight: 6, arbitrary: fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.string({ unit: "binary", minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.constantFrom("\n", "\0", "\u202e", "é", "😀") },
  );
  return fc.string({
    unit,
    minLength,
    maxLength: Math.max(minLength, Math.min(maxLength, MAX_LENGTH)),
  });
}

function object(
  { properties = {}, required = [], additionalProperties }: Schema,
  resolve: Resolve,
) {
  const known = fc.record(
    Object.fromEntries(Object.entries(properties).map(([key, one]) => [key, valid(one, resolve)])),
    { requiredKeys: required },
  );
  if (additionalProperties === false || additionalProperties === undefined) return known;
  const more = valid(additionalProperties === true ? {} : additionalProperties, resolve);
  return fc
    .tuple(fc.dictionary(fc.string(), more, { maxKeys: 2 }), known)
    .map(([extra, own]) => ({ ...extra, ...own }));
}
