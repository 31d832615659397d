import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { A, expect } from "../fixtures";
import type { Schema } from "./arbitrary";

interface Header {
  $ref?: string;
  required?: boolean;
  schema?: Schema;
}
interface Answer {
  $ref?: string;
  headers?: Record<string, Header>;
  content?: Record<string, { schema?: Schema }>;
}
export interface Parameter {
  in: "path" | "query" | "header";
  name: string;
  required?: boolean;
  schema: Schema;
}
export interface Operation {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, Answer>;
  security: object[];
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
}

/** Those that the server sets on every answer, and what HTTP itself needs. */
const GENERAL =
  /^(date|connection|keep-alive|transfer-encoding|content-(length|type)|vary|content-security-policy|x-content-type-options|referrer-policy|permissions-policy|cross-origin-(opener|resource)-policy|strict-transport-security|x-frame-options|access-control-.*)$/;

export type OpenApi = Awaited<ReturnType<typeof readDocument>>;

/** The document that the running instance serves, and what holds answers against it. */
export async function readDocument() {
  const response = await fetch(new URL("/api/openapi.json", A));
  const document = (await response.json()) as Document;
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false });
  addFormats.default(ajv);
  ajv.addFormat("binary", true);
  ajv.addSchema(document, "document");

  function resolve<T extends object>(reference: string): T {
    const names = reference
      .slice(2)
      .split("/")
      .map((name) => name.replace(/~1/g, "/"));
    return names.reduce(
      (at: unknown, name) => (at as Record<string, unknown>)[name],
      document,
    ) as T;
  }
  const follow = <T extends { $ref?: string }>(given: T): T =>
    given.$ref ? resolve<T>(given.$ref) : given;

  const compiled = new WeakMap<Schema, ReturnType<typeof ajv.compile>>();
  /** Says what is wrong with a value; null for nothing. References are those of the document. */
  function faults(schema: Schema, value: unknown): string | null {
    const check = compiled.get(schema) ?? ajv.compile(absolute(schema));
    compiled.set(schema, check);
    return check(value) ? null : ajv.errorsText(check.errors);
  }

  /** Fails unless the document says that an operation may answer so. */
  async function hold(operation: Operation, response: Response): Promise<void> {
    const { status, headers } = response;
    const declared = operation.responses[status];
    if (!declared) throw new Error(`${status} is not declared: ${await response.text()}`);
    const answer = follow(declared);
    holdHeaders(answer, headers);

    const type = headers.get("content-type")?.split(";", 1)[0] ?? "";
    const contents = answer.content ?? {};
    if (Object.keys(contents).length === 0) return expect(await response.text()).toBe("");
    expect(Object.keys(contents), `content type of ${status}`).toContain(type);
    if (!/json$/.test(type)) return response.body?.cancel();
    const body = await response.json();
    expect(faults(contents[type]?.schema ?? {}, body), JSON.stringify(body)).toBeNull();
    if (type === "application/problem+json") expect(status, JSON.stringify(body)).not.toBe(500);
  }

  function holdHeaders(answer: Answer, headers: Headers): void {
    const declared = Object.entries(answer.headers ?? {});
    const names = declared.map(([name]) => name.toLowerCase());
    const stray = [...headers.keys()].filter((one) => !GENERAL.test(one) && !names.includes(one));
    expect(stray, "headers that are not declared").toEqual([]);
    for (const [name, given] of declared) {
      const { required, schema } = follow(given);
      const value = headers.get(name);
      if (value === null) expect(required ?? false, `${name} is missing`).toBe(false);
      else expect(faults(schema ?? {}, value), `${name}: ${value}`).toBeNull();
    }
  }

  return { document, resolve, faults, hold };
}

/** References of a part, as they are from outside of the document. */
function absolute<T>(schema: T): T {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"document#/'));
}
