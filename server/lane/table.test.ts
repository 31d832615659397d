import { describe, expect, it } from "vitest";
import { createTable, type Routes } from "./table";

const module = () => ({});
const routes = {
  "/api/jobs": module(),
  "/api/jobs/events": module(),
  "/api/jobs/[job]": module(),
  "/api/jobs/[job]/events": module(),
  "/api/[kind]/newest": module(),
} satisfies Routes;
const find = createTable(routes);

describe("the lane's table", () => {
  it("finds a route and its parameters", () => {
    expect(find("/api/jobs")).toEqual({ module: routes["/api/jobs"], params: {} });
    expect(find("/api/jobs/a.b~c")?.params).toEqual({ job: "a.b~c" });
    expect(find("/api/jobs/7/events")).toEqual({
      module: routes["/api/jobs/[job]/events"],
      params: { job: "7" },
    });
  });

  it("takes what is written out before a parameter, and the parameter where that leads nowhere", () => {
    expect(find("/api/jobs/events")?.module).toBe(routes["/api/jobs/events"]);
    expect(find("/api/jobs/newest")).toEqual({
      module: routes["/api/jobs/[job]"],
      params: { job: "newest" },
    });
    expect(find("/api/jobs/events/events")?.params).toEqual({ job: "events" });
    expect(find("/api/tasks/newest")?.params).toEqual({ kind: "tasks" });
  });

  it("leaves to Next what is not here, or not written plainly", () => {
    for (const path of [
      ...["/", "/api", "/api/none", "/api/jobs/1/2/3", "/chat"],
      ...["/api/jobs/", "/api//jobs", "//api/jobs", "/api/./jobs", "/api/jobs/..", "/api/jobs/.x"],
      ...["/api/jobs/%41", "/api/jobs/a%2Fb", "/api/jobs/é", "/api/jobs/a b", "api/jobs", ""],
    ])
      expect(find(path), path).toBeUndefined();
  });
});
