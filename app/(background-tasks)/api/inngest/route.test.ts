import { createHmac } from "node:crypto";
import { pino } from "pino";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { remember } from "@/lib/remember";

const KEY = "signkey-test-0123456789abcdef";
vi.stubEnv("DATABASE_URL", process.env.DATABASE_URL ?? "postgresql://nobody@127.0.0.1:1/none");
vi.stubEnv("SESSION_SECRET", process.env.SESSION_SECRET ?? "0123456789abcdef0123456789abcdef");
vi.stubEnv("INNGEST_SIGNING_KEY", KEY);
vi.stubEnv("INNGEST_EVENT_KEY", "event-key");

interface Line {
  level: number;
  msg: string;
  err?: unknown;
}
let lines: Line[] = [];
remember("logger", () =>
  pino({ level: "info" }, { write: (text: string) => void lines.push(JSON.parse(text)) }),
);
const handlers = await import("./route");

beforeEach(() => {
  lines = [];
});

const now = () => Math.floor(Date.now() / 1_000);
const sign = (body: string, time = now(), key = KEY) =>
  `t=${time}&s=${createHmac("sha256", key.replace(/^signkey-\w+-/, ""))
    .update(body + time)
    .digest("hex")}`;

type Method = "GET" | "PUT" | "POST";
async function call(method: Method, body: BodyInit | undefined, signature?: string, more = {}) {
  const headers = {
    "content-type": "application/json",
    ...(signature !== undefined && { "x-inngest-signature": signature }),
    ...more,
  };
  const url = "http://localhost/api/inngest?fnId=patternbook-deliver&stepId=step";
  const init = { method, headers, body, ...(body instanceof ReadableStream && { duplex: "half" }) };
  const request = new Request(url, init as RequestInit);
  const response = await handlers[method](request, { params: Promise.resolve({}) });
  const text = await response.text();
  return { response, request, problem: text.startsWith("{") ? JSON.parse(text) : text };
}

/** One line, which is no error and carries none. */
function expectOneQuietLine() {
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ level: 30, msg: "inngest: refused a call" });
  expect(lines[0]).not.toHaveProperty("err");
}

const CHALLENGE = "Inngest-Signature";
const OLD = 301;
const signatures: Record<string, () => string | undefined> = {
  none: () => undefined,
  "an empty one": () => "",
  nonsense: () => "nonsense",
  "one without a time": () => `s=${"0".repeat(64)}`,
  "one whose time is none": () => `t=now&s=${"0".repeat(64)}`,
  "one that is too short": () => `t=${now()}&s=00`,
  "one of too long ago": () => sign("{}", now() - OLD),
  "one of a time to come": () => sign("{}", now() + OLD),
};

describe.each(["POST", "PUT", "GET"] as const)("%s of /api/inngest", (method) => {
  it.each(Object.keys(signatures))(
    "is refused with 401 and unread: its signature is %s",
    async (name) => {
      let pulled = 0;
      const unread = new ReadableStream({ pull: () => void pulled++ }, { highWaterMark: 0 });
      const body = method === "GET" ? undefined : unread;
      const { response, problem } = await call(method, body, signatures[name]?.());
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toBe(CHALLENGE);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
      expect(problem).toMatchObject({ type: "/problems/unsigned-call", status: 401 });
      expect(pulled).toBe(0);
      expectOneQuietLine();
    },
  );

  it("is refused with 401 where only the body shows that the signature is wrong", async () => {
    const body = method === "GET" ? undefined : "{}";
    const { response, problem } = await call(method, body, sign("{}", now(), "signkey-test-00"));
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe(CHALLENGE);
    expect(problem).toMatchObject({ type: "/problems/unsigned-call" });
    expectOneQuietLine();
  });
});

const bodies: Record<string, [BodyInit, string]> = {
  x: ["x", "invalid-json"],
  "half an object": ['{"a":', "invalid-json"],
  "an unpaired quote": ['"', "invalid-json"],
  null: ["null", "invalid-body"],
  "a text": ['"x"', "invalid-body"],
  "a list": ["[]", "invalid-body"],
  "no UTF-8": [Buffer.from([0x7b, 0xff, 0x7d]), "invalid-body"],
};

describe.each(["POST", "PUT"] as const)(
  "%s of /api/inngest with a signature that may be right",
  (method) => {
    it.each(Object.entries(bodies))(
      "is refused with 400 where the body is %s",
      async (_, [body, slug]) => {
        const { response, problem } = await call(method, body, `t=${now()}&s=${"0".repeat(64)}`);
        expect(response.status).toBe(400);
        expect(problem).toMatchObject({ type: `/problems/${slug}`, status: 400 });
        expectOneQuietLine();
      },
    );

    it("is refused with 413 where it is too large", async () => {
      const body = `"${"a".repeat(1024 * 1024)}"`;
      const { response } = await call(method, body, `t=${now()}&s=${"0".repeat(64)}`);
      expect(response.status).toBe(413);
      expectOneQuietLine();
    });
  },
);

it("refuses a step, and a registration that Inngest asks for, without a body", async () => {
  const inBand = { "x-inngest-sync-kind": "in_band" };
  for (const { response } of [
    await call("POST", "", sign("")),
    await call("PUT", "", sign(""), inBand),
  ])
    expect(response.status).toBe(400);
});

it("answers what is rightly signed", async () => {
  const { response, problem } = await call("GET", undefined, sign(""));
  expect([response.status, problem.mode]).toEqual([200, "cloud"]);
  const body = JSON.stringify({ url: "http://localhost/api/inngest" });
  const inBand = { "x-inngest-sync-kind": "in_band" };
  expect((await call("PUT", body, sign(body), inBand)).response.status).toBe(200);
  expect(lines.filter(({ level }) => level > 30)).toEqual([]);
});
