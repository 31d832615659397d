import { connect, type Socket } from "node:net";
import { deadlines } from "../../server/deadlines";
import { expect, test } from "../fixtures";
import { call, newGuest } from "../support/guest";
import { metric } from "../support/instances";
import { type OwnInstance, startInstance } from "../support/own-instance";

let own: OwnInstance;
test.beforeAll(async () => {
  own = await startInstance();
});
test.afterAll(async () => void (await own.end("SIGTERM")));

/** A client that sends its beginning at once, and from then on a byte each second. */
function drip(base: string, head: string) {
  const socket: Socket = connect(Number(new URL(base).port), "127.0.0.1", () => socket.write(head));
  let received = "";
  socket.on("data", (data) => {
    received += data;
  });
  socket.on("error", () => {});
  const timer = setInterval(() => socket.writable && socket.write("a"), 1_000);
  socket.once("close", () => clearInterval(timer));
  return { received: () => received, closed: () => socket.closed, end: () => socket.destroy() };
}

test("two hundred slow clients at once: others are served, and slow heads end", async () => {
  test.setTimeout(150_000);
  const { base } = own;
  const born = await metric(base, "process_start_time_seconds");
  const guest = await newGuest("Served", base);
  const rest = `Host: localhost\r\nAuthorization: Bearer ${guest.token}\r\n`;
  const post = `${rest}Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n{`;
  const sid = "/socket.io/?EIO=4&transport=polling";
  // Both lanes, a file, and Engine.IO's own path.
  const paths = ["/api/events", "/api/tasks", "/api/uploads/simple", sid];
  const heads = Array.from({ length: 100 }, () => drip(base, `GET / HTTP/1.1\r\n${rest}X-Slow: `));
  const bodies = Array.from({ length: 100 }, (_, i) =>
    drip(base, `POST ${paths[i % paths.length]} HTTP/1.1\r\n${post}`),
  );
  try {
    const begun = Date.now();
    const statuses: number[] = [];
    const serve = async () => {
      while (statuses.length < 200) {
        const [path, init] = statuses.length % 40 ? ["/api/session", { guest }] : ["/chat", {}];
        const response = await call(path, { ...init, base });
        await response.text();
        statuses.push(response.status);
      }
    };
    await Promise.all([serve(), serve(), serve(), serve()]);
    const served = statuses.filter((status) => status === 200).length;
    expect(served / statuses.length).toBeGreaterThanOrEqual(0.99);

    // Slow as the machine may be: nobody is left once the time and what it takes to notice are over.
    const open = () => heads.filter(({ closed }) => !closed()).length;
    await expect.poll(open, { timeout: deadlines.head + 20_000 }).toBe(0);
    expect(Date.now() - begun).toBeGreaterThan(deadlines.head - 2_000);
    for (const { received } of heads) expect(received()).toMatch(/^HTTP\/1.1 408 /);
    expect(await metric(base, "process_start_time_seconds")).toBe(born);
  } finally {
    for (const { end } of [...heads, ...bodies]) end();
  }
});
