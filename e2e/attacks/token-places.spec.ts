import { decodeJwt } from "jose";
import { A, expect, test } from "../fixtures";
import { call, connected, newGuest, openSocket } from "../support/guest";
import { type OwnInstance, startInstance } from "../support/own-instance";

let own: OwnInstance | undefined;
test.afterEach(async () => {
  await own?.end("SIGKILL");
  own = undefined;
});

test("a token stands in no address, in no page, and in no answer to a browser", async ({
  page,
}) => {
  test.slow();
  const begun = await page.request.post("/api/session", { data: {} });
  const [cookie] = await page.context().cookies(A);
  const token = cookie?.value ?? "";
  expect(decodeJwt(token).sub).toBe((await begun.json()).userId);
  const parts = token.split(".").slice(1);
  const stands = (text: string) => parts.some((part) => text.includes(part));
  expect(stands(await begun.text())).toBe(false);

  const addresses: string[] = [];
  page.on("request", (request) => addresses.push(request.url()));
  page.on("websocket", (socket) => addresses.push(socket.url()));
  const socketOpened = () => addresses.some((url) => url.includes("/socket.io/"));
  for (const path of ["/chat", "/event-stream", "/uploads", "/realtime", "/background-tasks"]) {
    await page.goto(path);
    expect(stands(await page.content()), path).toBe(false);
    expect(await page.evaluate(() => document.cookie), path).toBe("");
    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }]),
    );
    expect(stands(kept), path).toBe(false);
    if (path === "/chat") await expect.poll(socketOpened).toBe(true);
  }
  expect(addresses.filter(stands)).toEqual([]);
});

test("a token in an address is none, and no problem repeats one", async () => {
  const { token } = await newGuest("Query");
  for (const name of ["token", "access_token", "session", "auth", "authorization"]) {
    const response = await call(`/api/session?${name}=${token}`);
    const body = await response.text();
    expect([response.status, body.includes(token)], name).toEqual([401, false]);
    const socket = openSocket(A, {}, { query: { [name]: token } });
    expect(JSON.stringify(await connected(socket)), name).toContain("unauthorized");
  }
  const forged = `${token.slice(0, -8)}AAAAAAAA`;
  const refused = await call("/api/session", { headers: { authorization: `Bearer ${forged}` } });
  expect(await refused.text()).not.toContain(forged.slice(-30));
  const socket = openSocket(A, { token: forged });
  expect(JSON.stringify(await connected(socket))).not.toContain(forged.slice(-30));
});

test("a renewal keeps who one is, and ends with the session", async () => {
  own = await startInstance({ SESSION_TTL_SECONDS: "8" });
  const { base } = own;
  const first = (await newGuest("Stayer", base)).token;
  const say = (token: string, method = "GET") =>
    call("/api/session", { base, method, headers: { cookie: `session=${token}` } });
  let second = "";
  const renewed = async () => {
    const response = await say(first);
    second = /^session=([^;]+)/.exec(response.headers.get("set-cookie") ?? "")?.[1] ?? "";
    return second;
  };
  await expect.poll(renewed, { timeout: 7_000, intervals: [250] }).not.toBe("");
  const [was, is] = [decodeJwt(first), decodeJwt(second)];
  expect([is.sub, is.sid, is.name]).toEqual([was.sub, was.sid, was.name]);
  expect(is.exp).toBeGreaterThan(was.exp ?? Infinity);

  expect((await say(second, "DELETE")).status).toBe(204);
  expect([(await say(first)).status, (await say(second)).status]).toEqual([401, 401]);
});
