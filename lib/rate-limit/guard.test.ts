import { parseList } from "structured-headers";
import { describe, expect, it } from "vitest";
import { env } from "../env";
import { HttpError, json, route } from "../http";
import { tokens } from "../session/session";
import { algorithms } from "./algorithms/decide";
import { CLIENT_ADDRESS } from "./caller";
import { withRateLimit } from "./guard";
import { createMemoryLimiter } from "./memory-limiter";
import type { Policy } from "./policy";

let policies = 0;
let now = 1_760_000_000_000;
const policyOf = (limit: number): Policy => ({
  name: `guard-test-${policies++}`,
  limit,
  windowMs: 10_000,
  limiter: (policy) => createMemoryLimiter(algorithms["fixed-window"], policy, { now: () => now }),
});
const context = { params: Promise.resolve({}) };
const ask = (
  headers: Record<string, string> = {},
  url = "http://localhost/api/x",
  method = "GET",
) =>
  new Request(url, {
    method,
    headers: { [CLIENT_ADDRESS]: "192.0.2.1", ...headers },
  });
const limited = (policy: Policy) => route({ GET: withRateLimit(policy, () => json({ ok: true })) });

describe("withRateLimit", () => {
  it("says what is left on every answer, as structured fields", async () => {
    const policy = policyOf(2);
    const { GET } = limited(policy);
    const seen = [];
    for (let i = 0; i < 3; i++) {
      const { status, headers } = await GET(ask(), context);
      const [[name, parameters] = []] = parseList(headers.get("ratelimit") ?? "");
      expect(name).toBe(policy.name);
      const [[same, quota] = []] = parseList(headers.get("ratelimit-policy") ?? "");
      expect([same, Object.fromEntries(quota as Map<string, unknown>)]).toEqual([
        policy.name,
        { q: 2, w: 10 },
      ]);
      seen.push([status, Object.fromEntries(parameters as Map<string, unknown>)]);
    }
    const t = 10 - Math.floor((now % 10_000) / 1_000);
    expect(seen).toEqual([
      [200, { r: 1, t }],
      [200, { r: 0, t }],
      [429, { r: 0, t }],
    ]);
  });

  it("refuses with quota-exceeded, Retry-After in seconds, and the milliseconds beside it", async () => {
    const policy = policyOf(1);
    const { GET } = limited(policy);
    now = 1_760_000_002_500;
    await GET(ask(), context);
    const refused = await GET(ask(), context);
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("8");
    expect(refused.headers.get("content-type")).toBe("application/problem+json");
    expect(await refused.json()).toMatchObject({
      type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
      title: "Quota exceeded",
      status: 429,
      "violated-policies": [policy.name],
      retryAfterMs: 7_500,
      decidedBy: "memory",
    });
    now += 7_000;
    expect((await GET(ask(), context)).status).toBe(429);
    now += 1_000;
    expect((await GET(ask(), context)).status).toBe(200);
  });

  it("counts HEAD and every spelling of a path as the same, and a client's own claims as nothing", async () => {
    const { GET, HEAD } = limited(policyOf(6));
    const urls = ["/api/x", "/api/x/", "//api//x", "/API/X", "/api/x?b=1&a=2", "/api/x?a=2&b=1"];
    for (const [i, path] of urls.entries()) {
      const headers = { "x-forwarded-for": `203.0.113.${i}`, "x-real-ip": `203.0.113.${i}` };
      const method = i % 2 ? HEAD : GET;
      const response = await method(ask(headers, `http://h${i}.example${path}`), context);
      expect(response.headers.get("ratelimit")).toContain(`;r=${5 - i};`);
    }
    const refused = await HEAD(ask({}, undefined, "HEAD"), context);
    expect(refused.status).toBe(429);
    expect(await refused.text()).toBe("");
  });

  it("counts a session by its user wherever it comes from, and others by their address", async () => {
    const { GET } = limited(policyOf(1));
    const guest = { userId: crypto.randomUUID(), name: "Guest" };
    const { token } = await tokens().issue(guest);
    const bearer = { authorization: `Bearer ${token}` };
    const status = async (headers: Record<string, string>) =>
      (await GET(ask(headers), context)).status;
    expect(await status(bearer)).toBe(200);
    expect(await status({ ...bearer, [CLIENT_ADDRESS]: "192.0.2.9" })).toBe(429);
    const renewed = await tokens().issue(guest);
    expect(await status({ authorization: `Bearer ${renewed.token}` })).toBe(429);
    // No session after all: by the address.
    expect(await status({ authorization: `Bearer ${token}x` })).toBe(200);
    expect(await status({ authorization: "Bearer nonsense" })).toBe(429);
    expect(await status({ [CLIENT_ADDRESS]: "192.0.2.2" })).toBe(200);
  });

  it("counts all guests of an address together, and refuses the one too many", async () => {
    const policy = policyOf(2);
    const most = 2 * env().ADDRESS_LIMIT_FACTOR;
    const { GET } = limited(policy);
    const asGuest = async (address: string) => {
      const { token } = await tokens().issue({ userId: crypto.randomUUID(), name: "Guest" });
      return GET(ask({ authorization: `Bearer ${token}`, [CLIENT_ADDRESS]: address }), context);
    };
    for (let n = 0; n < most; n++) expect((await asGuest("192.0.2.7")).status).toBe(200);
    const refused = await asGuest("192.0.2.7");
    expect(refused.status).toBe(429);
    expect(refused.headers.get("ratelimit")).toContain(`"${policy.name}-of-address";r=0;`);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({
      "violated-policies": [`${policy.name}-of-address`],
      detail: expect.stringContaining("everybody at your address"),
    });
    expect((await asGuest("192.0.2.8")).status).toBe(200);
  });

  it("charges an address nothing for what its guest's own quota refuses", async () => {
    const { GET } = limited(policyOf(1));
    const { token } = await tokens().issue({ userId: crypto.randomUUID(), name: "Guest" });
    const greedy = { authorization: `Bearer ${token}`, [CLIENT_ADDRESS]: "192.0.2.17" };
    for (let n = 0; n < 3 * env().ADDRESS_LIMIT_FACTOR; n++) await GET(ask(greedy), context);
    const { token: other } = await tokens().issue({ userId: crypto.randomUUID(), name: "Guest" });
    const modest = { ...greedy, authorization: `Bearer ${other}` };
    expect((await GET(ask(modest), context)).status).toBe(200);
  });

  it("says what is left also where the handler fails, and counts it", async () => {
    const { GET } = route({
      GET: withRateLimit(policyOf(1), () => {
        throw new HttpError(400, "invalid-parameter", "No.");
      }),
    });
    const failed = await GET(ask(), context);
    expect(failed.status).toBe(400);
    expect(failed.headers.get("ratelimit")).toContain(";r=0;");
    expect((await GET(ask(), context)).status).toBe(429);
  });

  it("charges by request where the policy says so, all or nothing", async () => {
    const policy = policyOf(10);
    const { GET } = route({
      GET: withRateLimit(
        (request) => ({ policy, cost: Number(new URL(request.url).searchParams.get("w")) }),
        () => json({}),
      ),
    });
    const status = async (weight: number) =>
      (await GET(ask({}, `http://localhost/?w=${weight}`), context)).status;
    expect([await status(7), await status(4), await status(3), await status(1)]).toEqual([
      ...[200, 429, 200, 429],
    ]);
  });
});
