import { io } from "socket.io-client";
import { rateLimits } from "../../app/(rate-limits)/contract";
import { Instances } from "../../app/api/instances/contract";
import { expect, test } from "../fixtures";
import { findNginx, NO_NGINX } from "../nginx";
import { conversation, openRoom, write } from "../support/chat-page";
import { newGuest, newRoom } from "../support/guest";
import { metric } from "../support/instances";
import { openMember } from "../support/member";
import { defaults, deployed, startNginx } from "../support/nginx";
import { answered, freePort, type OwnInstance, startInstance } from "../support/own-instance";
import { idsOf, openEvents, publish } from "../support/sse";
import {
  askFrom,
  connectedOver,
  expectEventsInTime,
  expectPollToWait,
  expectStored,
  expectTalk,
  expectTokensInTime,
} from "../support/through";
import { noise, putFile } from "../support/uploads";

// nginx in front of two instances of their own, as Debian ships it and as deploy/nginx.conf has it.

test.skip(!findNginx(), NO_NGINX);
test.describe.configure({ mode: "serial" });
test.use({ allowedErrors: [/ERR_CONNECTION|WebSocket connection/] });

/** What chat needs that nginx's defaults lack. */
const UPGRADE =
  "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;";
const BODIES = "client_max_body_size 0;";
type Nginx = Awaited<ReturnType<typeof startNginx>>;
let instances: OwnInstance[];
let port: number;
let nginx: Nginx | undefined;

test.beforeAll(async () => {
  port = await freePort();
  const own = {
    TRUSTED_PROXY_HOPS: "1",
    ALLOWED_ORIGINS: `http://127.0.0.1:${port}`,
    ...answered,
  };
  instances = await Promise.all(
    ["Left", "Right"].map((name) => startInstance({ ...own, INSTANCE_NAME: name })),
  );
});
test.afterEach(async () => {
  await nginx?.stop();
  nginx = undefined;
});
test.afterAll(async () => {
  await Promise.all(instances.map((one) => one.end("SIGKILL")));
});

async function behind(
  configuration: Parameters<typeof startNginx>[0],
  bases = instances.map(({ base }) => base),
): Promise<string> {
  nginx = await startNginx(configuration, bases, port);
  return nginx.url;
}

/** The instance that answers, a browser with this cookie where one is given. */
async function instanceFor(base: string, cookie?: string): Promise<string> {
  const { body } = await askFrom(base, "/api/instances", { headers: cookie ? { cookie } : {} });
  return Instances.parse(JSON.parse(body)).self;
}

test("nginx's defaults hold back no stream and no poll", async () => {
  const base = await behind(defaults());
  const guest = await newGuest("Behind", base);
  await expectEventsInTime(base, guest);
  await expectTokensInTime(base, guest);
  await expectPollToWait(base, guest);
});

test("nginx's defaults refuse large bodies and sockets; a line for each lets them through", async () => {
  const base = await behind(defaults());
  const guest = await newGuest("Behind", base);
  const refused = await putFile({ ...guest, base }, noise(1024 * 1024 + 1));
  expect([refused.status, refused.headers.get("content-type")]).toEqual([413, "text/html"]);
  const socket = io(`${base}/chat`, {
    ...{ auth: { token: guest.token }, transports: ["websocket"], reconnection: false },
  });
  await expect(connectedOver(socket)).rejects.toThrow("websocket error");
  await nginx?.stop();

  await behind(defaults(UPGRADE + BODIES));
  await expectStored(base, guest);
  await expectTalk(base, guest);
});

test("deploy/nginx.conf: streams, polls, uploads and chat", async () => {
  const base = await behind(deployed);
  const guest = await newGuest("Behind", base);
  await expectEventsInTime(base, guest);
  await expectTokensInTime(base, guest);
  await expectPollToWait(base, guest);
  await expectStored(base, guest);
  await expectTalk(base, guest);
  expect((await askFrom(base, "/metrics")).status).toBe(403);
});

test("deploy/nginx.conf: the page joins a room and is heard", async ({ page }) => {
  const base = await behind(deployed);
  const owner = { ...(await newGuest("Owner", base)), base };
  await openRoom(page, base, (await newRoom(owner)).name);
  await write(page, "through the proxy");
  await expect(conversation(page).getByText("through the proxy")).toBeVisible();
  await expect(conversation(page).getByText("sending")).toHaveCount(0);
});

test("the transport that polls wants one instance: deploy/nginx.conf keeps it, the defaults do not", async () => {
  const options = { forceNew: true, reconnection: false };
  const scattered = await behind(defaults());
  const guest = await newGuest("Poller", scattered);
  const auth = { token: guest.token };
  // What a browser sends.
  const extraHeaders = { cookie: `theme=dark; session=${guest.token}` };
  const lost = io(`${scattered}/chat`, { ...options, auth, extraHeaders, transports: ["polling"] });
  await expect(connectedOver(lost)).rejects.toThrow("xhr p");
  lost.close();
  await nginx?.stop();

  const base = await behind(deployed);
  for (const [transports, last] of [
    [["polling"], "polling"],
    [["polling", "websocket"], "websocket"],
  ] as const) {
    const socket = io(`${base}/chat`, {
      ...options,
      auth,
      extraHeaders,
      transports: [...transports],
    });
    await connectedOver(socket);
    await expect.poll(() => socket.io.engine.transport.name).toBe(last);
    for (let n = 0; n < 20; n++)
      expect(await socket.timeout(5_000).emitWithAck("measure", {})).toEqual({ ok: true });
    socket.close();
  }
});

test("deploy/nginx.conf: a session keeps its instance, whatever its address; without one, and for Inngest, any will do", async () => {
  const base = await behind(deployed);
  const many = <T>(ask: (n: number) => Promise<T>) =>
    Promise.all(Array.from({ length: 30 }, (_, n) => ask(n)));
  expect(new Set(await many(() => instanceFor(base))).size).toBe(2);
  for (const name of ["session", "__Host-session"]) {
    const { token } = await newGuest("Sticky", base);
    const cookie = `a=b; ${name}=${token}`;
    expect(new Set(await many(() => instanceFor(base, cookie))).size).toBe(1);
  }
  const others = await many(async (n) => {
    const { token } = await newGuest(`Other ${n}`, base);
    return instanceFor(base, `session=${token}`);
  });
  expect(new Set(others).size).toBe(2);

  const answeredBy = () =>
    Promise.all(
      instances.map(({ base }) =>
        metric(base, 'http_request_duration_seconds_count{method="GET",area="api"'),
      ),
    );
  const before = await answeredBy();
  await many(() => askFrom(base, "/api/inngest"));
  const after = await answeredBy();
  expect(after.map((count, i) => count - (before[i] ?? 0))).toEqual([15, 15]);
});

test("deploy/nginx.conf: the client's address is the one that nginx saw", async () => {
  test.skip(process.platform !== "linux", "Only on Linux is 127.0.0.2 another address of loopback");
  // One instance: each counts what comes to it.
  const { base: one = "" } = instances[0] ?? {};
  const base = await behind(deployed, [one, one]);
  const left = async (from: string, headers: Record<string, string> = {}) => {
    const answer = await askFrom(base, "/api/data", { from, headers });
    return Number(/r=(\d+)/.exec(String(answer.headers.ratelimit))?.[1]);
  };
  const { limit, windowMs } = rateLimits.data;
  const rest = windowMs - (Date.now() % windowMs);
  if (rest < 8_000) await new Promise((resolve) => setTimeout(resolve, rest));
  expect(await left("127.0.0.1")).toBe(limit - 1);
  // Another address has a count of its own.
  expect(await left("127.0.0.2")).toBe(limit - 1);
  for (const [n, forged] of ["203.0.113.1", "127.0.0.2", "203.0.113.1, 127.0.0.2", ""].entries())
    expect(await left("127.0.0.1", { "x-forwarded-for": forged })).toBe(limit - 2 - n);
  expect(await left("127.0.0.1", { "x-real-ip": "203.0.113.1" })).toBe(limit - 6);
});

// The last: it ends one of the two.
test("deploy/nginx.conf: an instance that dies is passed over, and what was cut goes on", async () => {
  const base = await behind(deployed);
  const guest = await newGuest("Behind", base);
  const room = (await newRoom({ ...guest, base })).name;
  const reading = await openEvents(guest, { base });
  const member = openMember(base, guest, room);
  await expect.poll(() => member.state().status).toBe("joined");
  await publish(guest, 1, { base });
  await expect.poll(() => idsOf(reading.events)).toEqual([1]);

  const onLeft = (await metric(instances[0]?.base ?? "", "open_streams")) > 0;
  await instances[onLeft ? 0 : 1]?.end("SIGKILL");
  const answered = await Promise.all(Array.from({ length: 20 }, () => instanceFor(base)));
  expect(new Set(answered)).toEqual(new Set([onLeft ? "Right" : "Left"]));
  // What was not sent yet is sent elsewhere, whatever its method.
  await publish(guest, 2, { base });
  await reading.over;
  const rest = await openEvents(guest, { base, lastEventId: reading.lastEventId() });
  await expect.poll(() => idsOf(rest.events)).toEqual([2]);
  rest.close();
  member.send("still here");
  await expect.poll(() => member.state().outgoing, { timeout: 20_000 }).toEqual([]);
  expect(member.state()).toMatchObject({ status: "joined", gaps: 0, duplicates: 0 });
  member.close();
});
