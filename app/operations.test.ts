import { expect, test } from "vitest";
import { openApiDocument } from "@/lib/openapi/document";
import { about } from "./api/openapi.json/about";
import { operations, schemas } from "./operations";
import { patterns } from "./patterns";

const document = openApiDocument({ ...about(patterns), operations, schemas });

test("is OpenAPI 3.1", () => {
  expect(document.openapi).toBe("3.1.0");
});
