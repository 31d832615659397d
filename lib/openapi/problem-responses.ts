import { z } from "zod";
import type { oas31, ZodOpenApiResponseObject } from "zod-openapi";
import { commonHeaders, rateLimitHeaders } from "./headers";
import type { Operation } from "./operation";
import {
  databaseFull,
  foreignOrigin,
  internalError,
  type ProblemType,
  quotaExceeded,
  unauthorized,
  unavailable,
} from "./problems";

interface Group {
  /** Of the response, among the document's components. */
  name: string;
  status: number;
  types: ProblemType[];
  counted?: true;
  more?: Operation["problemHeaders"];
}

/** The problems of an operation by status, with those that follow from what it is. */
export function problemsOf(operation: Operation): Map<number, Group> {
  const { method, session, problems, counted, problemHeaders: more } = operation;
  const all = [
    ...problems,
    ...(counted ? [quotaExceeded] : []),
    ...(session === "required" ? [unauthorized] : []),
    ...(method === "get" ? [] : [foreignOrigin]),
    internalError,
    quotaExceeded,
    unavailable,
    databaseFull,
  ];
  const groups = new Map<number, Group>();
  for (const status of new Set(all.map((one) => one.status))) {
    const types = [...new Set(all.filter((one) => one.status === status))];
    const kinds = [...(counted ? ["counted"] : []), ...(more ? [more.name] : [])];
    const name = [status, ...types.map(({ slug }) => slug), ...kinds].join("-");
    groups.set(status, { name, status, types, counted, more });
  }
  return groups;
}

/** A response for each group of problems that some operation answers. */
export function problemResponses(operations: readonly Operation[]) {
  const responses: Record<string, ZodOpenApiResponseObject> = {};
  const seen = new Map<string, ProblemType>();
  for (const operation of operations)
    for (const group of problemsOf(operation).values()) {
      for (const type of group.types) assertOneMeaning(seen, type);
      responses[group.name] ??= responseOf(group);
    }
  return responses;
}

/** A client goes by the type: it must not be one thing here, and another there. */
function assertOneMeaning(seen: Map<string, ProblemType>, type: ProblemType): void {
  const key = `${type.status} ${type.slug}`;
  const known = seen.get(key) ?? type;
  const shapeOf = ({ headers = {}, members = {} }: ProblemType) =>
    JSON.stringify([headers, members].map((shape) => z.toJSONSchema(z.object(shape))));
  if (shapeOf(known) !== shapeOf(type))
    throw new Error(`The problem ${key} has other headers or members in another place`);
  seen.set(key, known);
}

function responseOf({ status, types, counted, more }: Group): ZodOpenApiResponseObject {
  // What only some of the types bring along may be missing.
  const headers = types.flatMap((type) => Object.entries(type.headers ?? {}));
  const given = headers.map(([name, schema]) => {
    const always = types.every((type) => type.headers && name in type.headers);
    return [name, always ? schema : z.optional(schema)];
  });
  // What fails before it is counted, or before more is known, has none.
  const perhaps = { ...(counted && rateLimitHeaders), ...more?.headers };
  const limits = Object.entries(perhaps).map(([name, schema]) => [name, z.optional(schema)]);
  const kinds = types.map((type) => kindOf(status, type));
  return {
    description: types.map(({ slug }) => `\`/problems/${slug}\``).join(", "),
    headers: z.object({ ...commonHeaders, ...Object.fromEntries([...limits, ...given]) }),
    content: {
      "application/problem+json": {
        schema: {
          allOf: [
            { $ref: "#/components/schemas/Problem" },
            ...(kinds.length > 1 ? [{ oneOf: kinds }] : kinds),
          ],
        },
      },
    },
  };
}

function kindOf(status: number, { slug, type = `/problems/${slug}`, members = {} }: ProblemType) {
  const kind = z.object({ type: z.literal(type), status: z.literal(status), ...members });
  const { $schema: _, additionalProperties: __, ...schema } = z.toJSONSchema(kind);
  return schema as oas31.SchemaObject;
}
