import { z } from "zod";
import {
  createDocument,
  type oas31,
  type ZodOpenApiContentObject,
  type ZodOpenApiObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiResponsesObject,
} from "zod-openapi";
import { problemSchema } from "../problem";
import { commonHeaders, rateLimitHeaders } from "./headers";
import type { Content, Operation } from "./operation";
import { problemResponses, problemsOf } from "./problem-responses";

/** As toResponse() sends it. */
const problem = problemSchema.extend({ requestId: z.string().optional() });

interface Parts {
  info: oas31.InfoObject;
  tags: oas31.TagObject[];
  operations: readonly Operation[];
  /** Schemas that are given a name, and stand among the document's components. */
  schemas: Record<string, z.ZodType>;
}

/** Cookie for browsers, bearer for programs: see lib/session. */
const securitySchemes: Record<string, oas31.SecuritySchemeObject> = {
  session: {
    type: "apiKey",
    in: "cookie",
    name: "session",
    description:
      "A guest session, begun by `POST /api/session`. Over https the cookie is `__Host-session`.",
  },
  bearer: {
    type: "http",
    scheme: "bearer",
    description: "For programs: the token of `POST /api/session` with `bearer: true`.",
  },
};
const anySession = Object.keys(securitySchemes).map((name) => ({ [name]: [] }));
const security = { required: anySession, optional: [{}, ...anySession], none: [] };

/**
 * The OpenAPI 3.1 document of these operations.
 * @throws Error where an operation, a name or a kind of problem is there twice, and not the same
 */
export function openApiDocument({
  info,
  tags,
  operations,
  schemas,
}: Parts): ReturnType<typeof createDocument> {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const operation of operations) {
    paths[operation.path] ??= {};
    const item = paths[operation.path] as Record<string, ZodOpenApiOperationObject>;
    if (item[operation.method])
      throw new Error(`${operation.method} ${operation.path} is listed twice`);
    item[operation.method] = entryOf(operation);
  }
  const document: ZodOpenApiObject = {
    openapi: "3.1.0",
    info,
    servers: [{ url: "/", description: "The instance that answers" }],
    tags,
    paths,
    components: {
      schemas: { Problem: problem, ...schemas },
      responses: problemResponses(operations),
      securitySchemes,
    },
  };
  return createDocument(document, { override: withoutPattern });
}

function entryOf(operation: Operation): ZodOpenApiOperationObject {
  const { operationId, tag, summary, description, session, body } = operation;
  const { params, query, headers } = operation;
  return {
    operationId,
    tags: [tag],
    summary,
    description,
    security: security[session],
    requestParams: {
      ...(params && { path: params }),
      ...(query && { query }),
      ...(headers && { header: headers }),
    },
    ...(body && { requestBody: { required: true, content: contentOf(body) } }),
    responses: responsesOf(operation),
  };
}

function responsesOf(operation: Operation): ZodOpenApiResponsesObject {
  const answers = Object.entries(operation.answers).map(([status, answer]) => {
    const { headers, content } = answer;
    const events = Object.values(content ?? {}).flatMap((type) => Object.keys(type.events ?? {}));
    const list = events.map((event) => `\`${event}\``).join(", ");
    const response = {
      description: list ? `${answer.description} Its events: ${list}.` : answer.description,
      headers: z.object({
        ...commonHeaders,
        ...(operation.counted && rateLimitHeaders),
        ...headers,
      }),
      ...(content && { content: contentOf(content) }),
    };
    return [status, response];
  });
  const problems = [...problemsOf(operation)]
    .filter(([status]) => !(status in operation.answers))
    .map(([status, { name }]) => [status, { $ref: `#/components/responses/${name}` }]);
  return Object.fromEntries([...answers, ...problems]);
}

/** OpenAPI 3.1 has no word for the events of a stream: `x-events` has their schemas, by name. */
const contentOf = (content: Content): ZodOpenApiContentObject =>
  Object.fromEntries(
    Object.entries(content).map(([type, { schema, events }]) => {
      const named = Object.entries(events ?? {}).map(([name, data]) => [name, schemaOf(data)]);
      return [type, { schema, ...(events && { "x-events": Object.fromEntries(named) }) }];
    }),
  );

/** A format says it shorter than the expression that checks it. */
function withoutPattern({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.format) delete jsonSchema.pattern;
}

function schemaOf(schema: z.ZodType): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { override: withoutPattern });
  return rest;
}
