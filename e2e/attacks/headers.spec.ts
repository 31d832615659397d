import { A, expect, test } from "../fixtures";
import { call } from "../support/guest";
import { assetsOf, pages } from "../support/pages";
import { type RawAnswer, speak, upgradeTo } from "../support/raw";

/** Fails unless an answer says what all say, whoever gives it: a handler, Next, Engine.IO or Node. */
function holdHouse(name: string, headers: Headers): void {
  const said = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "cross-origin-opener-policy": "same-origin",
    "x-frame-options": "DENY",
    "x-powered-by": null,
    server: null,
  };
  for (const [header, value] of Object.entries(said))
    expect(headers.get(header), `${name}: ${header}`).toBe(value);
}

const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox";
/** What no cache may keep. */
const NO_STORE = /(^|, )no-store(,|$)/;

/** Answers that are no pages, and the status of each. */
const kinds: [path: string, status: number, init?: RequestInit][] = [
  ["/api/session", 401],
  ["/api/session", 405, { method: "PATCH" }],
  ["/api/session", 415, { method: "POST", body: "x", headers: { "content-type": "text/plain" } }],
  ["/api/tasks", 401, { method: "POST", body: "{}" }],
  ["/api/nothing/here", 404],
  ["/api/completions/%E0%A4%A", 400],
  ["/_next/static/none.js", 404],
  ["/_next/nothing", 404],
  ["/_next/image?url=%2Ficon.svg&w=64&q=75", 404],
  ["/socket.io/?EIO=4&transport=polling", 200],
  ["/socket.io/?EIO=3&transport=polling", 400],
  ["/socket.io/?EIO=4&transport=polling&sid=none", 400, { method: "POST", body: "40" }],
  ["/socket.io/?EIO=4&transport=polling", 403, { headers: { origin: "http://evil.example" } }],
];

test("what is no page has the headers of the house, runs nothing, and is kept nowhere", async () => {
  for (const [path, wanted, init] of kinds) {
    const { status, headers } = await call(path, init);
    const name = `${init?.method ?? "GET"} ${path} → ${status}`;
    expect(status, name).toBe(wanted);
    holdHouse(name, headers);
    expect(headers.get("x-request-id"), name).toMatch(/^[\w-]{8,64}$/);
    // Pages of Next's own, for what is missing.
    if (!headers.get("content-type")?.startsWith("text/html"))
      expect(headers.get("content-security-policy"), name).toBe(DATA_POLICY);
    expect(headers.get("cache-control"), name).toMatch(NO_STORE);
  }
  for (const path of ["/healthz", "/readyz", "/metrics"]) {
    const { headers } = await call(path);
    holdHouse(path, headers);
    expect(headers.get("cache-control"), path).toBe("no-store");
  }
});

test("what Node and Engine.IO answer by themselves has them, too", async () => {
  const socket = "/socket.io/?EIO=4&transport=websocket";
  const host = "Host: localhost\r\n";
  const cases: [status: number, bytes: string][] = [
    [400, "nonsense\r\n\r\n"],
    [400, "GET / HTTP/1.1\r\n\r\n"],
    [400, "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\n\r\n"],
    [405, `TRACE / HTTP/1.1\r\n${host}\r\n`],
    [405, `POST / HTTP/1.1\r\n${host}Content-Length: 0\r\n\r\n`],
    [
      413,
      `POST /api/session HTTP/1.1\r\n${host}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1;${"a".repeat(20_000)}`,
    ],
    [417, `GET / HTTP/1.1\r\n${host}Expect: much\r\nConnection: close\r\n\r\n`],
    [431, `GET / HTTP/1.1\r\n${host}X: ${"a".repeat(20_000)}\r\n\r\n`],
    [431, `GET / HTTP/1.1\r\n${host}${"a: b\r\n".repeat(100)}\r\n`],
    [400, upgradeTo(socket, "Origin: http://evil.example\r\n")],
    [101, upgradeTo(socket)],
  ];
  for (const [status, bytes] of cases) {
    const name = `${status} for ${bytes.slice(0, 50)}`;
    const { answers } = await speak(A, bytes, status === 101 ? 1_000 : undefined);
    const [answer] = answers as [RawAnswer];
    expect(answer?.status, name).toBe(status);
    holdHouse(name, answer.headers);
    expect(answer.headers.get("content-security-policy"), name).toBe(DATA_POLICY);
    expect(answer.headers.get("cache-control"), name).toBe("no-store");
  }
});

test("a page runs only scripts with this answer's nonce, and is kept nowhere", async () => {
  const nonces = new Set<string>();
  for (const page of pages) {
    const { headers, ...response } = await call(page).then(async (answer) => ({
      headers: answer.headers,
      text: await answer.text(),
    }));
    holdHouse(page, headers);
    expect(headers.get("cache-control"), page).toMatch(NO_STORE);
    const policy = headers.get("content-security-policy") ?? "";
    const [, scripts = ""] = /script-src ([^;]+)/.exec(policy) ?? [];
    const [, nonce = ""] = /^'self' 'nonce-([\w+/=]{22,})' 'strict-dynamic'$/.exec(scripts) ?? [];
    expect(nonce, `${page}: ${scripts}`).not.toBe("");
    nonces.add(nonce);
    for (const part of ["default-src 'self'", "object-src 'none'", "base-uri 'none'"])
      expect(policy, page).toContain(part);
    expect(policy, page).toContain("frame-ancestors 'none'");
    const written = response.text.match(/<script\b[^>]*>/g) ?? [];
    expect(written.length, page).toBeGreaterThan(0);
    for (const script of written) expect(script, page).toContain(`nonce="${nonce}"`);
    // Handlers in attributes are inline scripts as well.
    expect(response.text.match(/<[a-z]+ [^>]*\son[a-z]+="/g), page).toBeNull();
  }
  expect(nonces.size).toBe(pages.length);
});

test("only what is named by its content is kept for ever", async () => {
  const assets = await assetsOf("/chat");
  expect(assets.length).toBeGreaterThan(5);
  for (const asset of assets) {
    const { headers, status } = await call(asset);
    expect(status, asset).toBe(200);
    holdHouse(asset, headers);
    expect(headers.get("cache-control"), asset).toBe("public, max-age=31536000, immutable");
  }
  for (const path of ["/icon.svg", "/docs/scalar.js", "/api/openapi.json", "/chat/"]) {
    const { headers } = await call(path, { redirect: "manual" });
    holdHouse(path, headers);
    expect(headers.get("cache-control") ?? "", path).not.toMatch(/immutable|max-age=[1-9]/);
  }
});
