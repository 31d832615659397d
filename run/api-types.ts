import { mkdir, readFile, writeFile } from "node:fs/promises";
import { register } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const generated = fileURLToPath(new URL("../lib/openapi/generated/paths.ts", import.meta.url));

/** openapi-typescript prints with the JavaScript API of TypeScript 5, which TypeScript 7 has no more. */
const hook = `export const resolve = (name, context, next) =>
  next(name === "typescript" ? "typescript-5" : name, context);`;

/**
 * Writes lib/openapi/generated from the OpenAPI document, which is made of the contracts, where that
 * makes a difference. Answers whether it did.
 */
export async function generateApiTypes(): Promise<boolean> {
  const [{ openApiDocument }, { operations, schemas }, { about }, { patterns }] = await Promise.all(
    [
      import("../lib/openapi/document.ts"),
      import("../app/operations.ts"),
      import("../app/api/openapi.json/about.ts"),
      import("../app/patterns.ts"),
    ],
  );
  const document = openApiDocument({ ...about(patterns), operations, schemas });
  register(`data:text/javascript,${encodeURIComponent(hook)}`);
  const { default: openapiTS, astToString } = await import("openapi-typescript");
  const text = astToString(await openapiTS(JSON.stringify(document)));
  if (text === (await readFile(generated, "utf8").catch(() => ""))) return false;
  await mkdir(dirname(generated), { recursive: true });
  await writeFile(generated, text);
  return true;
}

if (pathToFileURL(process.argv[1] ?? "").href === import.meta.url) await generateApiTypes();
