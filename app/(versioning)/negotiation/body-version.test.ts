import { expect, test } from "vitest";
import { HttpError } from "@/lib/http";
import { lifeCycles, mediaTypeOf, type Version } from "../contract";
import { bodyVersion } from "./body-version";
import type { Choice } from "./choose";

const [v1, v2] = [mediaTypeOf(1), mediaTypeOf(2)];
const before = new Date("2026-10-01T00:00:00Z");
const sunset = lifeCycles[1]?.sunset as Date;

function ask(type: string | undefined, way: Choice["way"], version: Version, now = before) {
  const headers = type === undefined ? undefined : { "content-type": type };
  const request = new Request("http://localhost/api/articles", { method: "POST", headers });
  try {
    return bodyVersion(request, { version, way, mediaType: mediaTypeOf(version) }, now);
  } catch (error) {
    if (error instanceof HttpError) return error;
    throw error;
  }
}

test("plain JSON is in the version of the request", () => {
  expect(ask("application/json", "path", 1)).toBe(1);
  expect(ask("Application/JSON; charset=utf-8", "default", 2)).toBe(2);
});

test("a type of ours names its version, whatever the answer is asked in by Accept", () => {
  expect(ask(v1, "path", 1)).toBe(1);
  expect(ask(v1, "accept", 2)).toBe(1);
  expect(ask(`${v2};charset=utf-8`, "accept", 1)).toBe(2);
  expect(ask(v1.toUpperCase(), "default", 2)).toBe(1);
});

test("a path or a header is about the body as well", () => {
  for (const way of ["path", "header"] as const)
    expect(ask(v2, way, 1)).toMatchObject({ status: 400, slug: "conflicting-versions" });
});

test.each([undefined, "text/plain", "application/xml", `x${v1}`, v1.replace("v1", "v9"), `${v1}x`])(
  "%s is 415, with what may be sent",
  (type) => {
    expect(ask(type, "default", 2)).toMatchObject({
      status: 415,
      slug: "unsupported-media-type",
      extra: { headers: { accept: `application/json, ${v2}, ${v1}` } },
    });
  },
);

test("a body past its sunset is gone, though the answer could be given", () => {
  expect(ask(v1, "accept", 2, sunset)).toMatchObject({ status: 410, slug: "version-gone" });
});
