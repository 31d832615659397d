import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { type FetchLimits, limitedFetch } from "./limited-fetch";

const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function limited(limits: Partial<FetchLimits>) {
  const all = { firstByteMs: 5_000, silenceMs: 5_000, maxBytes: 1_000_000, ...limits };
  return { get: limitedFetch(all) };
}

/** What ended it: the kind of the limit. */
const kindOf = async (failing: Promise<unknown>) =>
  (
    await failing.then(
      () => ({ kind: "none" }),
      (error) => error,
    )
  ).kind;

test("passes an answer on as it is: status, headers, body", async () => {
  const url = await serve((_request, response) => {
    response.writeHead(429, { "retry-after": "3" }).end("Slow down.");
  });
  const response = await limited({}).get(url);
  expect([response.status, response.headers.get("retry-after")]).toEqual([429, "3"]);
  expect(await response.text()).toBe("Slow down.");
});

test("any byte, a comment's too, is no silence: an answer may take longer than it in all", async () => {
  const url = await serve(async (_request, response) => {
    for (let n = 0; n < 12; n++) {
      response.write(": still reasoning\n\n");
      await delay(60);
    }
    response.end("data: done\n\n");
  });
  const { get } = limited({ silenceMs: 250, firstByteMs: 250 });
  expect(await (await get(url)).text()).toMatch(/data: done\n\n$/);
});

test("silence ends it: before the first byte by its own limit, then by the other", async () => {
  let left = 0;
  const url = await serve((request, response) => {
    response.once("close", () => left++);
    response.flushHeaders();
    if (request.url === "/begun") response.write("one");
  });
  const first = limited({ firstByteMs: 500 });
  const waiting = await first.get(url);
  expect(await kindOf(waiting.text())).toBe("provider-silent");
  const later = limited({ silenceMs: 200 });
  const begun = await later.get(`${url}begun`);
  expect(await kindOf(begun.text())).toBe("provider-silent");
  await expect.poll(() => left).toBe(2);
});

test("a provider that does not answer at all is left at the limit of the first byte", async () => {
  const url = await serve(() => {});
  expect(await kindOf(limited({ firstByteMs: 100 }).get(url))).toBe("provider-silent");
});

test("the provider is not the silent one while nobody reads, nor between two requests", async () => {
  const url = await serve((_request, response) => response.end("one"));
  const { get } = limited({ silenceMs: 50, firstByteMs: 50 });
  const response = await get(url);
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  expect((await reader.read()).value?.length).toBe(3);
  await delay(150);
  expect((await reader.read()).done).toBe(true);
  await delay(150);
  expect(await (await get(url)).text()).toBe("one");
});

test("more bytes than the limit end it, and the request with it", async () => {
  let left = 0;
  const url = await serve((_request, response) => {
    response.once("close", () => left++);
    response.write("x".repeat(1_001));
  });
  const { get } = limited({ maxBytes: 1_000 });
  expect(await kindOf((await get(url)).text())).toBe("provider-too-large");
  await expect.poll(() => left).toBe(1);
});

test("whoever aborts the request ends it with their reason", async () => {
  const url = await serve((_request, response) => void response.write("one"));
  const abort = new AbortController();
  const response = await limited({}).get(url, { signal: abort.signal });
  const reading = response.text();
  abort.abort(new Error("enough"));
  await expect(reading).rejects.toThrow("enough");
});

test("who stops reading leaves the provider, and who reads slowly slows it down", async () => {
  let written = 0;
  let left = () => {};
  const gone = new Promise<void>((resolve) => {
    left = resolve;
  });
  const url = await serve((_request, response) => {
    response.once("close", left);
    const more = () => {
      written += 16_384;
      if (response.write("x".repeat(16_384))) setImmediate(more);
      else response.once("drain", more);
    };
    more();
  });
  const { get } = limited({ maxBytes: Number.POSITIVE_INFINITY });
  const response = await get(url);
  const looks: number[] = [];
  // Until what is written does not grow any more: the sockets' buffers are full.
  while (looks.length < 2 || looks.at(-1) === 0 || looks.at(-1) !== looks.at(-2)) {
    looks.push(written);
    await delay(100);
  }
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  await reader.read();
  await reader.cancel();
  await gone;
});

test("a refused connection is what fetch makes of it", async () => {
  const { get } = limited({ firstByteMs: 50 });
  await expect(get("http://127.0.0.1:9/")).rejects.toMatchObject({ message: "fetch failed" });
});
