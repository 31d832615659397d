import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { register } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const generated = fileURLToPath(new URL("../lib/openapi/generated", import.meta.url));

/** openapi-typescript prints with the JavaScript API of TypeScript 5, which TypeScript 7 has no more. */
const hook = `export const resolve = (name, context, next) =>
  next(name === "typescript" ? "typescript-5" : name, context);`;

/**
 * Writes lib/openapi/generated where it is out of date: the OpenAPI document, which is made of the contracts, as the
 * text that /api/openapi.json answers with, and the types of the API's client. Making the document takes most of a
 * second: no request should wait for it. Answers whether anything was written.
 */
export async function generateApi(): Promise<boolean> {
  const [{ openApiDocument }, { operations, schemas }, { about }, { patterns }] = await Promise.all(
    [
      import("../lib/openapi/document.ts"),
      import("../app/operations.ts"),
      import("../app/api/openapi.json/about.ts"),
      import("../app/patterns.ts"),
    ],
  );
  const body = JSON.stringify(openApiDocument({ ...about(patterns), operations, schemas }));
  const etag = `"${createHash("sha256").update(body).digest("base64url")}"`;
  const document = [
    "/** The OpenAPI document, and its strong validator. */",
    `export const openApi = ${JSON.stringify({ body, etag })};`,
    "",
  ].join("\n");
  if (!(await replace("document.ts", document)) && (await isThere("paths.ts"))) return false;
  register(`data:text/javascript,${encodeURIComponent(hook)}`);
  const { default: openapiTS, astToString } = await import("openapi-typescript");
  await replace("paths.ts", astToString(await openapiTS(body)));
  return true;
}

const isThere = (name: string) =>
  readFile(join(generated, name)).then(
    () => true,
    () => false,
  );

/** Answers whether the file was another one. */
async function replace(name: string, text: string): Promise<boolean> {
  const file = join(generated, name);
  if (text === (await readFile(file, "utf8").catch(() => ""))) return false;
  await mkdir(generated, { recursive: true });
  await writeFile(file, text);
  return true;
}

if (pathToFileURL(process.argv[1] ?? "").href === import.meta.url) await generateApi();
