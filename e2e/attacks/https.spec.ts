import { expect, test, watchErrors } from "../fixtures";
import { call, connected, newGuest, openSocket } from "../support/guest";
import { type OwnInstance, startInstance } from "../support/own-instance";
import { openTlsProxy } from "../support/tls";

const COOKIE = /^__Host-session=[\w.-]+; Path=\/; Max-Age=604800; HttpOnly; SameSite=Lax; Secure$/;

let proxy: Awaited<ReturnType<typeof openTlsProxy>>;
let own: OwnInstance;
test.beforeAll(async () => {
  proxy = await openTlsProxy();
  own = await startInstance({ ALLOWED_ORIGINS: proxy.origin, LOG_LEVEL: "trace" });
  proxy.to(own.base);
});
test.afterAll(async () => {
  await own.end("SIGKILL");
  proxy.close();
});

const begin = (headers = {}) =>
  call("/api/session", { method: "POST", body: "{}", base: own.base, headers });
const addresses = ["/", "/chat", "/api/session", "/api/nothing", "/healthz", "/no-such-page"];

test("over https every answer binds the browser to it for a year; over http none does", async () => {
  for (const path of addresses) {
    const [secure, plain] = [await call(path, { base: own.base }), await call(path)];
    expect(secure.headers.get("strict-transport-security"), path).toBe("max-age=31536000");
    expect(plain.headers.get("strict-transport-security"), path).toBeNull();
  }
});

test("over https the session is a __Host- cookie, and no other cookie is one", async () => {
  const begun = await begin();
  const cookie = begun.headers.get("set-cookie") ?? "";
  expect(cookie).toMatch(COOKIE);
  const [pair = ""] = cookie.split(";");
  const who = (headers: Record<string, string>) =>
    call("/api/session", { base: own.base, headers });
  expect((await who({ cookie: pair })).status).toBe(200);
  // A sibling host can set cookies for the whole domain, but none with the prefix.
  const plain = pair.replace("__Host-", "");
  expect((await who({ cookie: plain })).status).toBe(401);
  const another = (await newGuest("Mallory", own.base)).token;
  const both = await who({ cookie: `session=${another}; ${pair}; session=${another}` });
  expect((await both.json()).userId).toBe((await begun.json()).userId);
  const socket = openSocket(
    own.base,
    {},
    { extraHeaders: { cookie: plain, origin: proxy.origin } },
  );
  expect(await connected(socket)).toMatchObject({ message: "unauthorized" });

  const ended = await call("/api/session", {
    base: own.base,
    method: "DELETE",
    headers: { cookie: pair },
  });
  expect(ended.headers.get("set-cookie")).toBe(
    "__Host-session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure",
  );
});

const saying = (scheme: string): HeadersInit[] => [
  { "x-forwarded-proto": scheme },
  { forwarded: `proto=${scheme}` },
];
test("what a client says of its scheme decides nothing", async () => {
  for (const headers of saying("http"))
    expect((await begin(headers)).headers.get("set-cookie")).toMatch(COOKIE);
  for (const headers of saying("https")) {
    const response = await call("/api/session", { method: "POST", body: "{}", headers });
    expect(response.headers.get("set-cookie")).toMatch(
      /^session=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/,
    );
  }
});

test("in a browser behind a proxy that ends TLS the page lives on that cookie, which no script sees", async ({
  browser,
}) => {
  test.slow();
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const errors = watchErrors(context);
  const page = await context.newPage();
  await page.goto(`${proxy.origin}/chat?room=lobby`);
  await expect(page.getByText("joined", { exact: true })).toBeVisible({ timeout: 45_000 });
  const cookies = await context.cookies(proxy.origin);
  expect(cookies).toEqual([
    expect.objectContaining({
      ...{ name: "__Host-session", path: "/", domain: "localhost" },
      ...{ httpOnly: true, secure: true, sameSite: "Lax" },
    }),
  ]);
  const left = await page.evaluate(() => {
    for (const more of ["", "; Secure", "; Secure; Path=/", "; Secure; Path=/; Domain=localhost"]) {
      // biome-ignore lint/suspicious/noDocumentCookie: the old way is what an attack would take.
      document.cookie = `__Host-session=forged${more}`;
    }
    return document.cookie;
  });
  expect(left).toBe("");
  expect(await context.cookies(proxy.origin)).toEqual(cookies);
  expect(errors).toEqual([]);
  await context.close();
});

test("no token stands in a log, whatever becomes of the request that brings it", async () => {
  const guest = await newGuest("Quiet", own.base);
  const cookie = (await begin()).headers.get("set-cookie")?.split(/[=;]/)[1] ?? "";
  const forged = `${guest.token.slice(0, -8)}AAAAAAAA`;
  for (const token of [guest.token, cookie, forged]) {
    for (const path of [
      "/api/session",
      "/api/nothing",
      "/chat",
      "/socket.io/?EIO=4&transport=polling",
    ]) {
      await call(`${path}${path.includes("?") ? "&" : "?"}token=${token}&access_token=${token}`, {
        ...{ base: own.base, method: path === "/api/nothing" ? "POST" : "GET" },
        headers: { authorization: `Bearer ${token}`, cookie: `__Host-session=${token}` },
      });
    }
    const socket = openSocket(own.base, { token, run: token }, { query: { token } }, "/realtime");
    await connected(socket);
    socket.disconnect();
  }
  expect(own.output()).toContain('"path":"/api/nothing"');
  for (const token of [guest.token, cookie, forged])
    for (const part of token.split(".").slice(1)) expect(own.output()).not.toContain(part);
});
