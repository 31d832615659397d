import { expect, test } from "vitest";
import { askFor } from "./exchange";
import { dateOf, dayOf, deprecation, sunset as end, lastDay, requestAt, sunset } from "./life";
import { parseUsage } from "./usage";

test("one request is built three ways", () => {
  expect(askFor(1, "path", "/articles")).toEqual({ path: "/api/v1/articles", headers: {} });
  expect(askFor(2, "header", "/articles/7")).toEqual({
    path: "/api/articles/7",
    headers: { "X-API-Version": "2" },
  });
  expect(askFor(2, "accept", "/articles", { title: "x" })).toEqual({
    ...{ method: "POST", path: "/api/articles", body: '{"title":"x"}' },
    headers: {
      Accept: "application/vnd.patternbook.v2+json",
      "Content-Type": "application/vnd.patternbook.v2+json",
    },
  });
});

test("the slider meets the deprecation and the sunset to the second", () => {
  for (const date of [deprecation, sunset]) expect(dateOf(dayOf(date))).toEqual(date);
  expect(dayOf(end)).toBeLessThan(lastDay);
  expect(requestAt({ day: dayOf(sunset), way: "header" }).headers).toEqual({
    "X-API-Version": "1",
    "Demo-Clock": "2029-09-01T00:00:00Z",
  });
  expect(requestAt({ day: null, way: "path" }).headers).toEqual({});
});

test("uses of a version are added up over its ways", () => {
  const text = [
    "# TYPE api_version_requests_total counter",
    'api_version_requests_total{version="1",way="path",phase="gone"} 2',
    'api_version_requests_total{version="1",way="header",phase="deprecated"} 3',
    'api_version_requests_total{version="2",way="default",phase="current"} 40',
    'other_total{version="1"} 5',
  ].join("\n");
  expect(parseUsage(text)).toEqual({ 1: 5, 2: 40 });
});
