import { operations } from "../../app/operations";
import { A, expect, test } from "../fixtures";
import { call, type Guest, newGuest } from "../support/guest";
import { metric } from "../support/instances";
import { speak, upgradeTo } from "../support/raw";

// Too much of everything: a 4xx or a clean close, and the same process afterwards.

let born: number;
let guest: Guest;
test.beforeAll(async () => {
  born = await metric(A, "process_start_time_seconds");
  guest = await newGuest("Glutton");
});
test.afterAll(async () => expect(await metric(A, "process_start_time_seconds")).toBe(born));

const HOST = "Host: localhost\r\n";
const times = (count: number, text = "a") => text.repeat(count);

for (const [name, head] of Object.entries({
  "an address": `GET /${times(20_000)} HTTP/1.1\r\n${HOST}`,
  "a query": `GET /api/items/offset?${times(5_000, "a=1&")} HTTP/1.1\r\n${HOST}`,
  "a field": `GET / HTTP/1.1\r\n${HOST}X-A: ${times(20_000)}\r\n`,
  "the name of a field": `GET / HTTP/1.1\r\n${HOST}${times(20_000)}: a\r\n`,
  "the number of fields": `GET / HTTP/1.1\r\n${HOST}${times(101, "X-A: a\r\n")}`,
  "a cookie": `GET / HTTP/1.1\r\n${HOST}Cookie: session=${times(20_000)}\r\n`,
  "the number of cookies": `GET / HTTP/1.1\r\n${HOST}Cookie: ${times(5_000, "a=b; ")}\r\n`,
  "all of it": `GET / HTTP/1.1\r\n${HOST}X-A: ${times(2_000_000)}\r\n`,
}))
  test(`a request is refused for ${name}`, async () => {
    const { answers, closed } = await speak(A, `${head}\r\n`);
    expect(closed).toBe(true);
    // Of what is far too large, the end of the connection may come before the answer.
    for (const { status } of answers) expect(status).toBe(431);
    if (head.length < 100_000) expect(answers).toHaveLength(1);
  });

test("cookies and parameters in their thousands are read, in a moment", async () => {
  const cookie = Array.from({ length: 1_500 }, (_, i) => `c${i}=x`).join("; ");
  expect((await call("/api/session", { headers: { cookie } })).status).toBe(401);
  const names = Array.from({ length: 3_000 }, (_, i) => i.toString(36)).join("&");
  expect((await call(`/api/items/offset?${names}`, { guest })).status).toBe(400);
  expect((await call(`/api/items/offset?${times(1_500, "limit=1&")}`, { guest })).status).toBe(400);
});

/** JSON as nobody means it, for whatever takes JSON. */
const bodies: Record<string, string> = {
  "nested deep": `${times(30_000, "[")}${times(30_000, "]")}`,
  "objects in objects": `${times(10_000, '{"a":')}1${times(10_000, "}")}`,
  "many members": `{${Array.from({ length: 5_000 }, (_, i) => `"${i}":0`).join(",")}}`,
  "members of every object": '{"__proto__":{"a":1},"constructor":{"prototype":{"a":1}}}',
  "too large": JSON.stringify(times(2_000_000)),
};

for (const [name, body] of Object.entries(bodies))
  test(`JSON that is ${name} is refused everywhere`, async () => {
    for (const { method, path } of operations.filter(({ method }) =>
      /post|put|patch/.test(method),
    )) {
      const address = path.replace(/\{\w+\}/g, "none");
      // Takes no body: whatever comes is not read.
      if (/\/(kill|memory|content)$/.test(path)) continue;
      const { status } = await call(address, { method: method.toUpperCase(), guest, body });
      expect(status, `${method} ${path}`).toBeLessThan(500);
    }
    const payload = `{"type":"note","payload":${body}}`;
    const { status } = await call("/api/events", { method: "POST", guest, body: payload });
    expect([name === "members of every object" ? 201 : 400, 413]).toContain(status);
  });

test("a length that nobody means to send is refused by its number", async () => {
  const head = `POST /api/session HTTP/1.1\r\n${HOST}Content-Type: application/json\r\n`;
  const { answers, closed } = await speak(A, `${head}Content-Length: 999999999999\r\n\r\n{`);
  expect([answers[0]?.status, closed]).toEqual([413, true]);
});

test("a form of too many fields, too long names or too large heads is refused", async () => {
  const field = (name: string, more = "") =>
    `--b\r\nContent-Disposition: form-data; name="${name}"\r\n${more}\r\na\r\n`;
  const file = `--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\na\r\n--b--\r\n`;
  for (const [name, body] of Object.entries({
    "many fields": times(200, field("a")) + file,
    "many files": times(20, file.replace("--b--\r\n", "")) + file,
    "many heads": field("a", times(2_000, "X-A: a\r\n")) + file,
    "a large head": field("a", `X-A: ${times(60_000)}\r\n`) + file,
    "no end": file.replace("--b--", ""),
  })) {
    const response = await call("/api/uploads/simple", {
      method: "POST",
      guest,
      body,
      headers: { "content-type": "multipart/form-data; boundary=b" },
    });
    expect(Math.floor(response.status / 100), `${name}: ${response.status}`).toBe(4);
  }
});

test.describe("a WebSocket", () => {
  const handshake = upgradeTo("/socket.io/?EIO=4&transport=websocket");
  /** A frame from a client (RFC 6455, 5.2), masked with zeros. */
  const frame = (first: number, length: number[], payload: string | Buffer = "") =>
    Buffer.concat([Buffer.from([first, ...length, 0, 0, 0, 0]), Buffer.from(payload)]);
  const TEXT = 0x81;
  const CLOSE = "\x88";
  /** Engine.IO takes these from anybody: what is wrong with one is its size. */
  const PONG = "3";
  const large = (size: number) => [
    0xff,
    0,
    0,
    0,
    0,
    ...[24, 16, 8, 0].map((bit) => (size >> bit) & 255),
  ];
  const deep = `42/chat,["send",${times(9_000, "[")}${times(9_000, "]")}]`;

  for (const [name, frames] of Object.entries({
    "a frame above the limit": frame(TEXT, large(70_000), `${PONG}${times(69_999)}`),
    "a frame that says it has 2^63 bytes": frame(TEXT, [0xff, 0x7f, ...Array(7).fill(0xff)], "a"),
    "a frame without a mask": Buffer.from([TEXT, 1, 97]),
    "a frame of reserved bits": frame(0xf1, [0x81], "a"),
    "a kind of frame that is none": frame(0x83, [0x81], "a"),
    "a ping in pieces": frame(0x09, [0x81], "a"),
    "a ping above its limit": frame(0x89, [0xfe, 0, 200], times(200)),
    "a text that is no UTF-8": frame(TEXT, [0x81], Buffer.from([0xff])),
    "pieces that add up above the limit": Buffer.concat([
      frame(0x01, large(60_000), `${PONG}${times(59_999)}`),
      frame(0x80, large(60_000), times(60_000)),
    ]),
    "a packet of a thousand attachments": frame(TEXT, [0x98], '451000-/chat,["send",{}]'),
    "a packet that is none": frame(TEXT, [0x83], "9zz"),
    "JSON nested deep, from nobody": frame(TEXT, large(deep.length), deep),
  }))
    test(`with ${name} ends`, async () => {
      const bytes = Buffer.concat([Buffer.from(handshake), frames]);
      const { answers, closed } = await speak(A, bytes, 3_000);
      expect(answers[0]?.status).toBe(101);
      // At once, or with a frame that says so and waits for ours.
      expect(closed || answers[0]?.body.includes(CLOSE)).toBe(true);
    });

  test("by polling has the same limit", async () => {
    const open = await (await call("/socket.io/?EIO=4&transport=polling")).text();
    const { sid } = JSON.parse(open.slice(1)) as { sid: string };
    const { status } = await call(`/socket.io/?EIO=4&transport=polling&sid=${sid}`, {
      method: "POST",
      body: `4${times(70_000)}`,
      headers: { "content-type": "text/plain" },
    });
    expect(status).toBe(413);
  });
});
