import { expect, it } from "vitest";
import { pathOf, routesWithoutNext } from "./lane";

const root = new URL("..", import.meta.url).pathname;

it("reads the path from the folders", () => {
  expect(pathOf("app/(uploads)/api/uploads/[id]/content/route.ts")).toBe(
    "/api/uploads/[id]/content",
  );
  expect(pathOf("app/api/session/route.ts")).toBe("/api/session");
});

it("leaves out the routes that need Next, by whatever they import, and catch-alls", async () => {
  const paths = (await routesWithoutNext(root)).map(pathOf);
  expect(paths).toContain("/api/session");
  expect(paths).toContain("/api/jobs/[job]/events");
  // after() is Next's.
  expect(paths).not.toContain("/api/tasks");
  expect(paths).not.toContain("/api/[...missing]");
});
