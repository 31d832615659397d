import { A, B, expect, test } from "../fixtures";
import { metric } from "../support/instances";
import { speak } from "../support/raw";

// What no client sends, and what is there to make a proxy and a server see different requests in the
// same bytes (request smuggling, RFC 9112, 11.2): a 4xx or a clean close, and the same process afterwards.

const HOST = "Host: localhost\r\n";
const GET = `GET /api/session HTTP/1.1\r\n${HOST}`;
const POST = `POST /api/session HTTP/1.1\r\n${HOST}Content-Type: application/json\r\n`;
const CHUNKED = `${POST}Transfer-Encoding: chunked\r\n\r\n`;
/** What would be smuggled. Its answer is known by its text. */
const HIDDEN = `GET /healthz HTTP/1.1\r\n${HOST}\r\n`;
const repeat = (count: number, text = "a") => text.repeat(count);

/** Each value in the place of a header's. */
const each = (name: string, values: string[], rest = "") =>
  values.map((value): [string, string] => [
    `${name}: ${JSON.stringify(value)}`,
    `${POST}${name}: ${value}\r\n\r\n${rest}${HIDDEN}`,
  ]);

const kinds: Record<string, [string, string | Buffer][]> = {
  "two ways to tell the length": [
    ["length, then chunks", `${POST}Content-Length: 4\r\n${CHUNKED.slice(POST.length)}0\r\n\r\n`],
    ["chunks, then length", `${CHUNKED.slice(0, -2)}Content-Length: 4\r\n\r\n0\r\n\r\n`],
    ["two lengths", `${POST}Content-Length: 0\r\nContent-Length: ${HIDDEN.length}\r\n\r\n`],
    ["a length twice", `${POST}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}`],
    ["two codings", `${CHUNKED.slice(0, -2)}Transfer-Encoding: identity\r\n\r\n0\r\n\r\n`],
    ["chunks in HTTP/1.0", `${CHUNKED.replace("HTTP/1.1", "HTTP/1.0")}0\r\n\r\n`],
    ["a length in the trailer", `${CHUNKED}0\r\nContent-Length: 5\r\n\r\n`],
  ].map(([name, bytes]) => [name as string, bytes + HIDDEN]),
  "lengths that are none": each("Content-Length", [
    ...["+1", "-1", "1, 1", "1 1", "0x1", "1e0", "1;", "", " ", "９", repeat(20, "9")],
  ]),
  "codings that are none": each(
    "Transfer-Encoding",
    [
      ...["xchunked", "identity", "chunked, identity", "identity, chunked", "gzip, chunked"],
      ...["chunked, chunked", "\x0bchunked", '"chunked"', "chunked;a=b", "", "chunke\u00addd"],
    ],
    "0\r\n\r\n",
  ),
  "chunks that are none": [
    ...["zz", "-1", "+1", "0x1", " 1", "1 ", "1\n", "1;\n", "1;a\nb", "", repeat(18, "f")].map(
      (size): [string, string] => [JSON.stringify(size), `${CHUNKED}${size}\r\na\r\n0\r\n\r\n`],
    ),
    ["longer than it says", `${CHUNKED}1\r\nabc\r\n0\r\n\r\n`],
    ["giant extensions", `${CHUNKED}1;${repeat(60_000)}\r\na\r\n`],
    ["a giant trailer", `${CHUNKED}0\r\nX: ${repeat(20_000)}\r\n\r\n`],
  ].map(([name, bytes]) => [name as string, bytes + HIDDEN]),
  "lines that are none": [
    ["folded", `${GET}X-A: a\r\n folded: b\r\n\r\n`],
    ["folded coding", `${POST}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n${HIDDEN}`],
    ["folded at once", `GET / HTTP/1.1\r\n X-A: a\r\n${HOST}\r\n`],
    ["bare LF", `${GET}\r\n`.replaceAll("\r\n", "\n")],
    ["one bare LF", `${GET}X-A: a\nX-B: b\r\n\r\n`],
    ["bare CR", `${GET}X-A: a\rX-B: b\r\n\r\n`],
    ["a blank before the colon", `${POST}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${HIDDEN}`],
    ["no colon", `${GET}nonsense\r\n\r\n`],
    ["no name", `${GET}: a\r\n\r\n`],
    ["a name with brackets", `${GET}a(b): a\r\n\r\n`],
    ["a name beyond ASCII", Buffer.from(`${GET}é: a\r\n\r\n`)],
    ["NUL in a value", `${GET}X-A: a\0b\r\n\r\n`],
    ["NUL in a name", `${GET}X-\0A: a\r\n\r\n`],
    ["a control character", `${GET}X-A: a\x01b\r\n\r\n`],
  ],
  "addresses and hosts that are none": [
    ...[
      "/a\0b",
      "/a b",
      "/a\tb",
      "/\x7f",
      "*",
      "localhost:80",
      "http://evil.example/",
      "ftp://a/b",
    ].map((path): [string, string] => [path, `GET ${path} HTTP/1.1\r\n${HOST}\r\n`]),
    ["beyond ASCII", Buffer.from(`GET /é HTTP/1.1\r\n${HOST}\r\n`)],
    ["OPTIONS *", `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`],
    ["no host", "GET / HTTP/1.1\r\n\r\n"],
    ["two hosts", `${GET}Host: evil.example\r\n\r\n`],
    ...["", "a b", "a/b", "a@b", "a,b", "http://a", "[::1", "a\\b", "a:80:80", "a:99999"].map(
      (host): [string, string] => [`Host: ${host}`, `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
    ),
  ],
  "methods and versions that are none": [
    ...["TRACE", "TRACK", "PURGE", "PROPFIND", "QUERY", "get", "FOO", "<script>"].map(
      (method): [string, string] => [method, `${method} / HTTP/1.1\r\n${HOST}\r\n`],
    ),
    ["CONNECT", `CONNECT evil.example:443 HTTP/1.1\r\n${HOST}\r\n`],
    ["HTTP/0.9", "GET /\r\n\r\n"],
    ...["1.2", "2.0", "3.0", "x"].map((version): [string, string] => [
      `HTTP/${version}`,
      `GET / HTTP/${version}\r\n${HOST}\r\n`,
    ]),
    ["the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["an expectation", `${GET}Expect: 200-ok\r\nConnection: close\r\n\r\n`],
    ["TLS", Buffer.from("16030100c8010000c40303", "hex")],
    ["zeros", Buffer.alloc(4_096)],
  ],
};

let born: number[];
const births = () => Promise.all([A, B].map((base) => metric(base, "process_start_time_seconds")));
test.beforeAll(async () => {
  born = await births();
});
test.afterAll(async () => expect(await births()).toEqual(born));

for (const [kind, cases] of Object.entries(kinds))
  test(`refuses ${kind}`, async () => {
    const heard = await Promise.all(
      cases.map(async ([name, bytes]) => ({ name, ...(await speak(A, bytes)) })),
    );
    for (const { name, answers, closed } of heard) {
      expect(answers.length, name).toBeLessThanOrEqual(1);
      for (const { status, body } of answers) {
        expect(Math.floor(status / 100), `${name}: ${status}`).toBe(4);
        expect(body, name).not.toContain("alive");
      }
      expect(closed, `${name}: closed`).toBe(true);
    }
  });

test("garbage after a request ends the connection, and is not taken for another", async () => {
  const { answers, closed } = await speak(A, `${HIDDEN}garbage\r\n\r\n${HIDDEN}`);
  expect(answers.length).toBeLessThanOrEqual(1);
  expect(closed).toBe(true);
});

test("a hundred requests at once on one connection are answered in their order", async () => {
  const ids = Array.from({ length: 100 }, (_, i) => `pipelined-${i}`);
  const requests = ids.map((id) => `${GET}X-Request-Id: ${id}\r\n\r\n`).join("");
  const last = `${GET}Connection: close\r\nX-Request-Id: the-last-one\r\n\r\n`;
  const { answers } = await speak(A, requests + last);
  expect(answers.map(({ headers }) => headers.get("x-request-id"))).toEqual([
    ...ids,
    "the-last-one",
  ]);
});

test("of a thousand pages that are asked for at once on one connection, a hundred wait, and it ends", async () => {
  const page = `GET / HTTP/1.1\r\n${HOST}\r\n`;
  const { answers, closed } = await speak(A, repeat(1_000, page), 40_000);
  expect(closed).toBe(true);
  // One that is answered makes room for another.
  expect(answers.length).toBeLessThan(500);
  expect(answers.slice(0, 101).map(({ status }) => status)).toEqual(Array(101).fill(200));
  expect(answers.at(-1)?.status).toBe(429);
  expect(answers.at(-1)?.body).toContain("/problems/too-many-waiting");
});
