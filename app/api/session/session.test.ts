import { randomUUID } from "node:crypto";
import { afterAll, describe, expect, it } from "vitest";
import { prisma } from "@/lib/db/prisma";
import { env } from "@/lib/env";
import { CLIENT_ADDRESS } from "@/lib/rate-limit/caller";
import { POST } from "./route";

afterAll(() => prisma().$disconnect());

const context = { params: Promise.resolve({}) };
const begin = (address: string, body: object = {}, headers: Record<string, string> = {}) =>
  POST(
    new Request("http://localhost/api/session", {
      method: "POST",
      headers: { "content-type": "application/json", [CLIENT_ADDRESS]: address, ...headers },
      body: JSON.stringify(body),
    }),
    context,
  );

describe("POST /api/session", () => {
  it("makes so many guests for one address, whatever they ask with, and then none", async () => {
    const most = env().GUESTS_PER_ADDRESS;
    const address = randomUUID();
    const made = await Promise.all(
      Array.from({ length: most }, (_, n) => begin(address, { bearer: n % 2 === 0 })),
    );
    expect(new Set(made.map(({ status }) => status))).toEqual(new Set([201]));
    const tokens = await Promise.all(made.slice(0, 1).map((one) => one.json()));
    const bearer = { authorization: `Bearer ${tokens[0].token}` };

    // A session that is there buys no guest: `bearer` always makes a new one.
    for (const [body, headers] of [
      [{}, {}],
      [{ bearer: true }, {}],
      [{ bearer: true }, bearer],
      [{ name: "Somebody" }, { authorization: "Bearer nonsense" }],
    ] as const) {
      const refused = await begin(address, body, headers);
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(refused.headers.get("set-cookie")).toBeNull();
      expect(await refused.json()).toMatchObject({
        type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
        "violated-policies": ["new-guests"],
      });
    }
    // Whoever has a session keeps it, and may rename.
    expect((await begin(address, {}, bearer)).status).toBe(200);
    expect((await begin(address, { name: "Renamed" }, bearer)).status).toBe(200);
    expect((await begin(randomUUID())).status).toBe(201);
  });

  it("charges nothing for a request that is refused", async () => {
    const address = randomUUID();
    for (let n = 0; n < env().GUESTS_PER_ADDRESS; n++)
      expect((await begin(address, { name: "" })).status).toBe(400);
    expect((await begin(address)).status).toBe(201);
  });
});
