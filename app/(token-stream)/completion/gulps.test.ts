import { once } from "node:events";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { fetchInGulps } from "./gulps";

const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.closeAllConnections();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

/** Ten pieces, each its own write. */
async function tenPieces(response: ServerResponse): Promise<void> {
  for (let n = 0; n < 10; n++) {
    response.write(`${n} `);
    await delay(5);
  }
  response.end("over");
}

async function gulps(response: Response): Promise<string[]> {
  const all: string[] = [];
  for await (const piece of response.body as ReadableStream<Uint8Array>)
    all.push(new TextDecoder().decode(piece));
  return all;
}

test("hands everything on, in order: piece by piece, or in gulps", async () => {
  const url = await serve((_request, response) => void tenPieces(response));
  const pieces = await gulps(await fetchInGulps(() => 0)(url));
  const few = await gulps(await fetchInGulps(() => 50)(url));
  expect(pieces.join("")).toBe("0 1 2 3 4 5 6 7 8 9 over");
  expect(few.join("")).toBe(pieces.join(""));
  expect(few.length).toBeLessThan(pieces.length);
});

test("hands on the first two pieces as they come, and those behind them together", async () => {
  let say = (_piece: string) => {};
  const url = await serve((_request, response) => {
    say = (piece) => void (piece ? response.write(piece) : response.end());
    say("role");
  });
  const response = await fetchInGulps(() => 60_000)(url);
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const next = async () => new TextDecoder().decode((await reader.read()).value);
  expect(await next()).toBe("role");
  say("first");
  expect(await next()).toBe("first");
  say("second ");
  await delay(20);
  say("third");
  say("");
  expect(await next()).toBe("second third");
});

test("sends what it is given, and answers what came", async () => {
  const url = await serve(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    response.writeHead(429, { "retry-after": "3", "set-cookie": ["a=1", "b=2"] });
    response.end(`${request.method} ${request.url} ${request.headers["x-given"]} ${body}`);
  });
  const response = await fetchInGulps(() => 0)(url, {
    method: "POST",
    headers: { "X-Given": "yes" },
    body: "{}",
  });
  expect([response.status, response.headers.get("retry-after")]).toEqual([429, "3"]);
  expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(await response.text()).toBe("POST /v1 yes {}");
});

test("a provider that breaks off is an error, not an end", async () => {
  const url = await serve((_request, response) => {
    response.write("half");
    setTimeout(() => response.destroy(), 20);
  });
  const response = await fetchInGulps(() => 50)(url);
  await expect(response.text()).rejects.toThrow();
});

test("a refused connection is what fetch makes of it", async () => {
  const failed = fetchInGulps(() => 0)("http://127.0.0.1:9/v1");
  await expect(failed).rejects.toMatchObject({ name: "TypeError", message: "fetch failed" });
});

test.each(["abort", "cancel"])("%s leaves the provider, whatever waits", async (how) => {
  let left = () => {};
  const gone = new Promise<void>((resolve) => {
    left = resolve;
  });
  const url = await serve((_request, response) => {
    const saying = setInterval(() => response.write("one "), 5);
    response.once("close", () => clearInterval(saying)).once("close", left);
  });
  const abort = new AbortController();
  const response = await fetchInGulps(() => 10_000)(url, { signal: abort.signal });
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  // The first two pieces; the third waits.
  for (let n = 0; n < 2; n++) await reader.read();
  await delay(20);
  if (how === "abort") {
    const reading = reader.read();
    abort.abort(new Error("enough"));
    await expect(reading).rejects.toThrow();
  } else await reader.cancel();
  await gone;
});

test("a reader that does not read stops the provider", async () => {
  let written = 0;
  const url = await serve((_request, response) => {
    const more = () => {
      written += 16_384;
      if (response.write("x".repeat(16_384))) setImmediate(more);
      else response.once("drain", more);
    };
    more();
  });
  const response = await fetchInGulps(() => 0)(url);
  const looks: number[] = [];
  // Until what is written does not grow any more: the sockets' buffers are full.
  while (looks.length < 2 || looks.at(-1) === 0 || looks.at(-1) !== looks.at(-2)) {
    looks.push(written);
    await delay(100);
  }
  const full = written;
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  for (let read = 0; written === full && read < full * 2; )
    read += (await reader.read()).value?.length ?? 0;
  expect(written).toBeGreaterThan(full);
  await reader.cancel();
});
