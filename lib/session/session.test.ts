import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bus } from "../bus";
import { pool } from "../db/pool";
import { log } from "../log";
import { revocations } from "./revocations";
import { sessionOf, tokens } from "./session";

const issue = async (name: string) => tokens().issue({ userId: randomUUID(), name });
let mine: Awaited<ReturnType<typeof issue>>;
let other: Awaited<ReturnType<typeof issue>>;
let gone: Awaited<ReturnType<typeof issue>>;
beforeAll(async () => {
  [mine, other, gone] = await Promise.all([issue("Mine"), issue("Other"), issue("Gone")]);
  await revocations().revoke(gone.identity.sessionId);
});
afterAll(async () => {
  log().close();
  await bus().close();
  await pool().end();
});

const ask = (headers: HeadersInit) => new Request("http://localhost/", { headers });
const nameFor = async (headers: HeadersInit) => (await sessionOf(ask(headers)))?.name ?? null;
const forged = () => `${mine.token.slice(0, -4)}AAAA`;

/** Several cookies of one name come in an order that says nothing (RFC 6265, 5.4). */
describe("the session of several cookies", () => {
  it.each<[string, () => string, string | null]>([
    ["junk before a good one", () => `session=junk; session=${mine.token}`, "Mine"],
    ["junk after it", () => `session=${mine.token}; session=junk`, "Mine"],
    ["an empty one before it", () => `session=; session=${mine.token}`, "Mine"],
    ["a forged one before it", () => `session=${forged()}; session=${mine.token}`, "Mine"],
    ["a logged-out one before it", () => `session=${gone.token}; session=${mine.token}`, "Mine"],
    ["others between", () => `a=b; session=x.y.z; c; =d; session=${mine.token}`, "Mine"],
    ["two good ones: the first", () => `session=${other.token}; session=${mine.token}`, "Other"],
    ["one of another name", () => `sessions=${mine.token}; xsession=${mine.token}`, null],
    ["only junk", () => "session=junk; session=a.b.c", null],
    ["a hundred of junk", () => `${"session=junk; ".repeat(100)}session=${mine.token}`, "Mine"],
    [
      "more forged ones than are looked at",
      () => `${"session=a.b.c; ".repeat(10)}session=${mine.token}`,
      null,
    ],
  ])("%s", async (_, cookie, name) => expect(await nameFor({ cookie: cookie() })).toBe(name));

  it("does not count beside a bearer token", async () => {
    const cookie = `session=${mine.token}`;
    expect(await nameFor({ cookie, authorization: `Bearer ${other.token}` })).toBe("Other");
    expect(await nameFor({ cookie, authorization: "Bearer junk" })).toBeNull();
  });
});
