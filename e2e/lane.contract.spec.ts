import { randomUUID } from "node:crypto";
import { readdir } from "node:fs/promises";
import { pathOf } from "../run/lane";
import { expect, test } from "./fixtures";
import { ask } from "./support/answer";
import { type Guest, newGuest } from "./support/guest";
import { type OwnInstance, startInstance } from "./support/own-instance";

// The same requests to two instances of the same build over the same database: one calls the
// handlers itself, the other by way of Next. Nobody may be able to tell which is which.

test.describe.configure({ mode: "serial" });

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/** What needs Next's request scope, and what is no route at all. */
const BY_NEXT = new Set(["/api/tasks"]);

let direct: OwnInstance;
let next: OwnInstance;
let guest: Guest;

test.beforeAll(async () => {
  [direct, next] = await Promise.all([
    startInstance({ INSTANCE_NAME: "Z" }),
    startInstance({ INSTANCE_NAME: "Z", DIRECT_LANE: "0" }),
  ]);
  guest = await newGuest("Either Lane", direct.base);
});
test.afterAll(async () => {
  await Promise.all([direct.end("SIGTERM"), next.end("SIGTERM")]);
});

/** Asks both, one after the other, and expects one answer. */
async function same(path: string, init: RequestInit & { guest?: Guest } = {}) {
  const { lane: byDirect, ...one } = await ask(direct.base, path, init);
  const { lane: byNext, ...other } = await ask(next.base, path, init);
  expect(one, `${init.method ?? "GET"} ${path}`).toEqual(other);
  expect(byNext).not.toBe("direct");
  return { ...one, lane: byDirect };
}

async function routes(): Promise<string[]> {
  const files = await readdir("app", { recursive: true });
  return files
    .filter((file) => file.endsWith("route.ts") && file.includes("api/") && !file.includes("[..."))
    .map((file) => pathOf(`app/${file}`));
}

/** An address of the route: its parameters filled with what nobody has. */
const addressOf = (route: string) =>
  route
    .replace("[room]", "lobby")
    .replace("[algorithm]", "token-bucket")
    .replace("[name]", "nobody")
    .replaceAll(/\[\w+\]/g, randomUUID());

test("every method of every route: nobody, a guest, no body, nonsense", async () => {
  test.setTimeout(120_000);
  for (const route of await routes()) {
    const path = addressOf(route);
    for (const method of METHODS) {
      const { lane, status } = await same(path, { method });
      expect(lane, path).toBe(BY_NEXT.has(route) ? "next" : "direct");
      // The first to log out would have the other refused.
      if (status === 405 || (method === "DELETE" && route === "/api/session")) continue;
      // Whose stream opens is seen by its first bytes; what would go on for a while is not waited for.
      if (route.endsWith("/long-poll") || route.endsWith("/instances")) continue;
      await same(path, { method, guest });
      if (method === "GET" || method === "HEAD") continue;
      await same(path, { method, guest, body: "{ nonsense" });
      await same(path, { method, guest, body: "text", headers: { "content-type": "text/plain" } });
      await same(path, { method, guest, body: "{}", headers: { origin: "http://evil.example" } });
    }
  }
});

test("queries, conditions and addresses as people mistype them", async () => {
  for (const path of [
    "/api/items/cursor?limit=3",
    "/api/items/cursor?limit=0",
    "/api/items/cursor?cursor=broken",
    "/api/items/offset?limit=3&page=2",
    "/api/items/offset?limit=3&page=2&page=3",
    "/api/realtime/long-poll?after=0&timeout=1",
    "/api/realtime/poll?after=x",
    "/api/uploads?limit=1000",
    "/api/nothing/here",
    "/api/items/",
    "/api//items/cursor",
    "/api/items/../session",
    "/api/items/%63ursor?limit=1",
    "/api/completions/%E0%A4%A",
    "/api/completions/a%2Fb",
    "/api",
  ])
    await same(path, { guest });
});

test("what is made, changed and given back", async () => {
  const json = (body: object, method = "POST") => ({ method, guest, body: JSON.stringify(body) });
  await same("/api/session", { method: "POST", body: '{"name":"Either"}' });
  await same("/api/session", { guest });
  const made = await same("/api/events", json({ type: "note", payload: { text: "é \u2028" } }));
  expect(made.status).toBe(201);
  await same(`/api/events/${guest.userId}`, { guest });
  await same(`/api/events/${guest.userId}`, { guest, headers: { "last-event-id": "-1" } });
  const big = "x".repeat(70_000);
  expect((await same("/api/events", json({ type: "note", payload: big }))).status).toBe(413);

  const form = new FormData();
  form.append("file", new Blob(["hello, either lane"], { type: "text/plain" }), "hello.txt");
  const request = new Request("http://any.example", { method: "POST", body: form });
  const type = request.headers.get("content-type") as string;
  const body = await request.arrayBuffer();
  const upload = { method: "POST", guest, body, headers: { "content-type": type } };
  expect((await same("/api/uploads/simple", upload)).status).toBe(201);
  const listed = await fetch(new URL("/api/uploads", direct.base), {
    headers: { authorization: `Bearer ${guest.token}` },
  });
  const { items } = (await listed.json()) as { items: { id: string }[] };
  const content = `/api/uploads/${items[0]?.id}/content`;
  await same(content, { guest });
  await same(content, { guest, headers: { range: "bytes=3-7" } });
  await same(content, { guest, method: "HEAD" });
  await same(content, { guest, headers: { range: "bytes=900-" } });
});
