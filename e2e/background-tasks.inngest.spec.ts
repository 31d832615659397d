import { createHmac, randomUUID } from "node:crypto";
import { A, B, expect, test } from "./fixtures";
import { call } from "./support/guest";
import { startInstance } from "./support/own-instance";

const NOBODYS = "00000000-0000-4000-8000-000000000000";

test.describe("a call of /api/inngest", () => {
  const event = {
    name: "job/deliver",
    data: { jobId: NOBODYS, userId: NOBODYS, round: 1, dueAt: null },
  };
  /** As Inngest makes it: each call has an id of its own. */
  const newCall = () => ({
    ctx: {
      attempt: 0,
      disable_immediate_execution: false,
      max_attempts: 4,
      qi_id: randomUUID(),
      run_id: "01JAAAAAAAAAAAAAAAAAAAAAAA",
      stack: { current: 0, stack: [] },
      use_api: false,
    },
    event,
    events: [event],
    steps: {},
    version: 2,
  });
  /** JSON with sorted members (RFC 8785): enough for what stands here. */
  const canonical = (value: unknown): string =>
    Array.isArray(value)
      ? `[${value.map(canonical).join(",")}]`
      : value && typeof value === "object"
        ? `{${Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, one]) => `${JSON.stringify(name)}:${canonical(one)}`)
            .join(",")}}`
        : JSON.stringify(value);
  const sign = (body: object, time: number, key = process.env.INNGEST_SIGNING_KEY ?? "") => {
    const hmac = createHmac("sha256", key.replace(/^signkey-\w+-/, ""));
    return `t=${time}&s=${hmac.update(canonical(body) + time).digest("hex")}`;
  };
  const post = (body: object, signature: string | undefined, base = A) =>
    call("/api/inngest?fnId=patternbook-deliver&stepId=step", {
      base,
      method: "POST",
      body: JSON.stringify(body),
      headers: { ...(signature && { "x-inngest-signature": signature }) },
    });
  const now = () => Math.floor(Date.now() / 1_000);

  test("is taken when it is signed, once, and by no other instance again", async () => {
    const time = now();
    // Two at the same step, within the same second: they differ by their ids alone.
    const calls = [newCall(), newCall()].map((body) => ({ body, signature: sign(body, time) }));
    for (const { body, signature } of calls) {
      const first = await post(body, signature);
      // The job is none: the step fails for good, which is an answer of the function.
      expect([first.status, first.headers.get("x-inngest-sdk")]).toEqual([
        206,
        expect.stringMatching(/^(inngest-)?js:v4/),
      ]);
    }
    for (const { body, signature } of calls)
      for (const base of [A, B]) {
        const replayed = await post(body, signature, base);
        expect([replayed.status, (await replayed.json()).type]).toEqual([
          401,
          "/problems/replayed-call",
        ]);
      }
  });

  test("is refused unsigned, badly signed, and signed long ago", async () => {
    const body = newCall();
    const bad = [
      undefined,
      "nonsense",
      `t=${now()}&s=${"0".repeat(64)}`,
      sign(body, now(), "signkey-test-00"),
      sign(body, now() - 600),
      sign(newCall(), now()),
    ];
    for (const signature of bad) {
      const { status, headers } = await post(body, signature);
      expect([signature, status, headers.get("www-authenticate")]).toEqual([
        ...[signature, 401, "Inngest-Signature"],
      ]);
    }
  });

  test("is refused by its headers alone, and with 400 where its body is no JSON", async () => {
    for (const method of ["POST", "PUT"]) {
      const ask = (headers: Record<string, string>) =>
        call("/api/inngest", { method, body: "x", headers });
      const unsigned = await ask({});
      expect([unsigned.status, (await unsigned.json()).type]).toEqual([
        401,
        "/problems/unsigned-call",
      ]);
      const signed = await ask({ "x-inngest-signature": sign({}, now()) });
      expect([signed.status, (await signed.json()).type]).toEqual([400, "/problems/invalid-json"]);
    }
  });

  test("is refused when it is large, and nobody else registers us", async () => {
    const large = "x".repeat(1024 * 1024 + 1);
    const tooLarge = await call("/api/inngest?fnId=patternbook-deliver&stepId=step", {
      method: "POST",
      body: large,
      headers: { "x-inngest-signature": sign({}, now()) },
    });
    expect(tooLarge.status).toBe(413);
    const register = await call("/api/inngest", {
      method: "PUT",
      body: JSON.stringify({ url: "http://evil.example" }),
    });
    expect(register.status).toBe(401);
    const seen = await (await call("/api/inngest")).text();
    expect(seen).not.toContain(process.env.INNGEST_SIGNING_KEY);
  });
});

test("with NODE_ENV=production, unsigned calls cannot be switched on", async () => {
  await expect(startInstance({ INNGEST_DEV: "1" })).rejects.toThrow(/INNGEST_DEV/);
});
