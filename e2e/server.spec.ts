import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { A, B, expect, test } from "./fixtures";
import { call, connected, newGuest, newRoom, openSocket, type TestSocket } from "./support/guest";
import { metric } from "./support/instances";
import { openMember } from "./support/member";
import { type OwnInstance, startInstance } from "./support/own-instance";
import { pidOf } from "./support/process";

let own: OwnInstance | undefined;
test.afterEach(async () => {
  if (own?.process.exitCode === null) await own.end("SIGKILL");
  own = undefined;
});

/** Sends bytes as they are, and answers what comes back until the connection ends. */
async function raw(base: string, ...parts: (string | number)[]): Promise<string> {
  const { hostname, port } = new URL(base);
  const socket = connect(Number(port), hostname);
  let answer = "";
  socket.on("data", (data) => {
    answer += data;
  });
  const closed = once(socket, "close");
  for (const part of parts)
    if (typeof part === "string") socket.write(part);
    else await new Promise((resolve) => setTimeout(resolve, part));
  await closed;
  return answer;
}

test("operators can ask whether it lives, whether it is ready, and what it measures", async () => {
  for (const [path, type] of [
    ["/healthz", "text/plain; charset=utf-8"],
    ["/readyz", "text/plain; charset=utf-8"],
    ["/metrics", "text/plain; version=0.0.4; charset=utf-8"],
  ] as const) {
    const response = await call(path);
    expect([path, response.status, response.headers.get("content-type")]).toEqual([
      path,
      200,
      type,
    ]);
  }
  const text = await (await call("/metrics")).text();
  for (const name of [
    "http_request_duration_seconds_bucket",
    "open_sockets",
    "open_streams",
    "log_append_duration_seconds_bucket",
    "log_queue_overflows_total",
  ])
    expect(text).toContain(name);
});

test("every answer carries the headers of the house; a page obeys its own policy", async ({
  page,
}) => {
  for (const path of ["/", "/chat", "/api/session", "/api/nothing", "/healthz", "/no-such-page"]) {
    const { headers } = await call(path);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("strict-origin-when-cross-origin");
    expect(headers.get("x-powered-by")).toBeNull();
    expect(headers.get("x-request-id")).toMatch(/^[\w-]{8,64}$/);
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).not.toMatch(/script-src[^;]*'unsafe-inline'/);
    expect(policy).not.toContain("unsafe-eval");
  }
  // A violation is an error in the console, which fails this test.
  await page.goto("/chat");
  await expect(page.getByText("joined", { exact: true })).toBeVisible();
  const nonce = await page
    .locator("script[nonce]")
    .first()
    .evaluate((script: HTMLScriptElement) => script.nonce);
  expect(nonce).toBeTruthy();
});
test("odd requests get a clear answer, and the process lives", async () => {
  const before = await metric(A, "process_start_time_seconds");
  expect(await raw(A, "TRACE / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")).toMatch(
    /^HTTP\/1.1 405 [\s\S]*allow: GET/i,
  );
  expect(await raw(A, "nonsense\r\n\r\n")).toMatch(/^HTTP\/1.1 400 /);
  expect(
    await raw(A, `GET / HTTP/1.1\r\nHost: localhost\r\nX-Big: ${"x".repeat(20_000)}\r\n\r\n`),
  ).toMatch(/^HTTP\/1.1 4\d\d /);
  const id = await call("/api/session", { headers: { "x-request-id": "<script>" } });
  expect(id.headers.get("x-request-id")).not.toContain("<");
  expect(
    (await call("/api/session", { headers: { "x-request-id": "abc-12345678" } })).headers.get(
      "x-request-id",
    ),
  ).toBe("abc-12345678");
  expect(await metric(A, "process_start_time_seconds")).toBe(before);
});

test("an upgrade that is not wanted is ignored, pages are read only, and HTTP/1.0 needs no Host", async () => {
  own = await startInstance();
  const { base } = own;
  // What is written up to here is Next's, about its start.
  const started = own.output().length;
  const h2c =
    "Host: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n";
  for (const path of ["/", "/api/instances", "/api/openapi.json"])
    expect(await raw(base, `GET ${path} HTTP/1.1\r\n${h2c}\r\n`), path).toMatch(/^HTTP\/1.1 200 /);
  const name = '{"name":"Upgrader"}';
  const post = `POST /api/session HTTP/1.1\r\n${h2c}Content-Type: application/json\r\nContent-Length: ${name.length}\r\n\r\n`;
  expect(await raw(base, post + name)).toMatch(/^HTTP\/1.1 201 /);
  for (const path of ["/", "/api/openapi.json", "/healthz"])
    expect(await raw(base, `GET ${path} HTTP/1.0\r\n\r\n`), path).toMatch(/^HTTP\/1.1 200 /);
  const body = '--b\r\nContent-Disposition: form-data; name="$ACTION_ID_0"\r\n\r\na\r\n--b--\r\n';
  for (const path of ["/", "/chat", "/_next/static/none.js"]) {
    const headers = { "content-type": "multipart/form-data; boundary=b" };
    const response = await call(path, { base, method: "POST", body, headers });
    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
  }
  const written = own.output().slice(started).split("\n").filter(Boolean);
  for (const line of written) JSON.parse(line);
});

test("what is missing from the environment is listed at once, with what it is for", async () => {
  const { status, stderr } = spawnSync(process.execPath, ["dist/server.js"], {
    env: { PATH: process.env.PATH, NODE_ENV: "production", PORT: "abc" },
    encoding: "utf8",
  });
  expect(status).toBe(1);
  expect(stderr).toContain("DATABASE_URL is not set (the Postgres database");
  expect(stderr).toContain("SESSION_SECRET is not set (signs the guest session");
  expect(stderr).toContain("PORT is not valid");
});

test("npm start ends when npm is told to, and leaves nothing that holds the port", async () => {
  own = await startInstance({}, ["npm", "start"]);
  const server = pidOf(own.base);
  const { ms } = await own.end("SIGTERM");
  await expect.poll(() => existsSync(`/proc/${server}`), { timeout: 12_000 }).toBe(false);
  expect(ms).toBeLessThan(12_000);
  await expect(fetch(own.base)).rejects.toThrow("fetch failed");
});

test("the file that ENV_FILE names is read; the environment wins over it", async ({
  page: _,
}, info) => {
  const file = info.outputPath("variables");
  writeFileSync(file, "INSTANCE_NAME=from-the-file\nLOG_LEVEL=trace\n");
  own = await startInstance({ ENV_FILE: file, LOG_LEVEL: "info" });
  expect(own.output()).toContain('"instance":"from-the-file"');
  expect(own.output()).not.toContain('"level":10');
});

test("a taken port is named", async () => {
  const { status, stderr } = spawnSync(process.execPath, ["dist/server.js"], {
    env: { ...process.env, NODE_ENV: "production", PORT: new URL(A).port, HOST: "127.0.0.1" },
    encoding: "utf8",
    timeout: 20_000,
  });
  expect([status, stderr]).toEqual([
    1,
    expect.stringContaining(`Port ${new URL(A).port} is taken`),
  ]);
});

test("SIGTERM: what was begun is answered, clients reconnect by themselves, exit 0 in time", async () => {
  own = await startInstance();
  const guest = await newGuest("Stayer", own.base);
  const room = (await newRoom(guest)).name;
  const member = openMember(own.base, guest, room);
  await expect.poll(() => member.state().status).toBe("joined");
  const stream = await call("/api/events/me", { guest, base: own.base });
  expect([stream.status, await metric(own.base, "open_streams")]).toEqual([200, 1]);
  const events = stream.text();
  const poll = call("/api/realtime/long-poll?timeout=25", { guest, base: own.base });
  const idle = connect(Number(new URL(own.base).port), "127.0.0.1");
  await once(idle, "connect");

  // A request whose body is still on its way as the signal comes.
  const body = '{"name":"Slow Sender","bearer":true}';
  const head = `POST /api/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  const slow = raw(own.base, head + body.slice(0, 10), 1_500, body.slice(10));
  await new Promise((resolve) => setTimeout(resolve, 300));
  const ending = own.end("SIGTERM");
  await expect.poll(() => member.state().lastBye).toBe("going away");
  await expect
    .poll(() =>
      call("/readyz", { base: own?.base }).then(
        (r) => r.status,
        () => "refused",
      ),
    )
    .not.toBe(200);
  expect(await slow).toMatch(/^HTTP\/1.1 201 /);
  expect(await events).toMatch(/event: end\ndata: {"reason":"going away"}\n\n$/);
  expect((await poll).status).toBe(204);
  const { code, ms } = await ending;
  expect(code).toBe(0);
  expect(ms).toBeLessThan(10_000);
  // It tries to come back, and would elsewhere: its reason is one that reconnects.
  expect(member.socket.active).toBe(true);
  expect(member.state().reconnects).toBe(1);
  idle.destroy();
  member.close();
});

test("a socket ends with its token, and the page's client goes on with a renewed one", async ({
  page,
}) => {
  own = await startInstance({ SESSION_TTL_SECONDS: "4", INSTANCE_NAME: "short" });
  await page.goto(`${own.base}/chat?room=lobby`);
  const status = page.getByRole("complementary", { name: "Connection" });
  await expect(status.getByText("joined", { exact: true })).toBeVisible();
  const name = await page.getByLabel("Your name").inputValue();
  await expect(status.getByText("The server last closed it: session expired.")).toBeVisible({
    timeout: 10_000,
  });
  await expect(status.getByText("joined", { exact: true })).toBeVisible();
  expect(await page.getByLabel("Your name").inputValue()).toBe(name);
  // Before its instance: a call that is cut would be an error of the page.
  await page.close();
});

test("no token and no secret stands in a log", async () => {
  own = await startInstance({ LOG_LEVEL: "trace" });
  const guest = await newGuest("Quiet", own.base);
  await call("/api/session", { guest, base: own.base });
  await call("/api/session?token=in-the-query", { guest, base: own.base });
  const member = openMember(own.base, guest, "lobby");
  await expect.poll(() => member.state().status).toBe("joined");
  member.close();
  expect(own.output()).toContain('"path":"/api/session"');
  for (const secret of [guest.token, process.env.SESSION_SECRET as string, "in-the-query"])
    expect(own.output()).not.toContain(secret);
});

test("both instances answer under their names", async () => {
  const names = await Promise.all(
    [A, B].map(async (base) => (await (await call("/api/instances", { base })).json()).self),
  );
  expect(names).toEqual(["A", "B"]);
});

test.describe("an address without guests left", () => {
  test.use({ allowedErrors: [/status of 429/] });

  test("new guests from one address are limited, and a page says so", async ({ page }) => {
    own = await startInstance({ GUESTS_PER_ADDRESS: "2" });
    const { base } = own;
    const begin = () =>
      call("/api/session", { method: "POST", body: '{"bearer":true}', base, headers: forged() });
    let n = 0;
    // Written by the client: it decides nothing.
    const forged = () => ({
      "x-forwarded-for": `203.0.113.${n++}`,
      "x-client-address": `192.0.2.${n}`,
    });
    const [first, second, third] = [await begin(), await begin(), await begin()];
    expect([first.status, second.status, third.status]).toEqual([201, 201, 429]);
    expect(Number(third.headers.get("retry-after"))).toBeGreaterThan(0);
    await page.goto(`${base}/chat`);
    await expect(page.getByText("everybody at your address")).toBeVisible();
    // Whoever has a session goes on.
    const guest = await first.json();
    expect((await call("/api/session", { method: "POST", body: "{}", base, guest })).status).toBe(
      200,
    );
  });
});

test("connections from one address are limited, whoever they are", async () => {
  own = await startInstance({ SOCKETS_PER_ADDRESS: "3" });
  const { base } = own;
  const sockets: TestSocket[] = [];
  const arrive = async () => {
    const { token } = await newGuest("Neighbour", base);
    const socket = openSocket(base, { token });
    sockets.push(socket);
    return connected(socket);
  };
  expect([await arrive(), await arrive(), await arrive()]).toEqual([null, null, null]);
  expect(await arrive()).not.toBeNull();
  const refused = await call("/socket.io/?EIO=4&transport=polling", { base });
  expect([refused.status, await refused.json()]).toEqual([
    403,
    { code: 4, message: "too many connections from this address" },
  ]);
  sockets[0]?.disconnect();
  await expect.poll(arrive).toBeNull();
  for (const socket of sockets) socket.disconnect();
});
