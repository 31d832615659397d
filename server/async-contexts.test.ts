import { AsyncLocalStorage } from "node:async_hooks";
import { once } from "node:events";
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { keepContexts, watchContexts } from "./async-contexts";
import { createHttpServer } from "./http";

const { run } = AsyncLocalStorage.prototype;
watchContexts();
afterAll(() => {
  AsyncLocalStorage.prototype.run = run;
});

/** A little longer than contexts are kept behind the last answer. */
const QUIET_MS = 1_200;

/** What a context holds after some turns of the loop. */
const laterIn = (storage: AsyncLocalStorage<string>, ms: number) =>
  storage.run("here", async () => {
    await delay(ms);
    return storage.getStore();
  });

test("a context lasts as long as an answer does, however long that is", async () => {
  const storage = new AsyncLocalStorage<string>();
  const [first, second] = [keepContexts(), keepContexts()];
  const seen = laterIn(storage, QUIET_MS);
  first();
  expect(await seen).toBe("here");
  second();
});

test("a moment after the last answer it is left, and can be entered again", async () => {
  const storage = new AsyncLocalStorage<string>();
  const answered = keepContexts();
  const behind = laterIn(storage, 300);
  const tooLate = laterIn(storage, QUIET_MS);
  answered();
  expect(await behind).toBe("here");
  expect(await tooLate).toBeUndefined();
  const again = keepContexts();
  expect(await laterIn(storage, 10)).toBe("here");
  again();
});

test("an answer that begins meanwhile keeps it", async () => {
  const storage = new AsyncLocalStorage<string>();
  const first = keepContexts();
  const seen = laterIn(storage, 1.5 * QUIET_MS);
  first();
  await delay(QUIET_MS / 2);
  const second = keepContexts();
  expect(await seen).toBe("here");
  second();
});

test("what an answer's storage is entered for behind it is left, too, however late", async () => {
  const storage = new AsyncLocalStorage<string>();
  keepContexts()();
  // As after() enters them: once the answer has closed.
  expect(await laterIn(storage, QUIET_MS)).toBeUndefined();
  await delay(QUIET_MS);
  expect(await laterIn(storage, QUIET_MS / 2)).toBe("here");
  expect(await laterIn(storage, QUIET_MS)).toBeUndefined();
});

test("what is nobody's answer stays in its context", async () => {
  const storage = new AsyncLocalStorage<string>();
  await delay(QUIET_MS);
  const seen = laterIn(storage, QUIET_MS);
  keepContexts()();
  expect(await seen).toBe("here");
});

test("the server keeps those of Next until it is done, also where the client has left", async () => {
  const storage = new AsyncLocalStorage<string>();
  const seen: (string | undefined)[] = [];
  let done = () => {};
  const over = new Promise<void>((resolve) => {
    done = resolve;
  });
  const next = () =>
    storage.run("here", async () => {
      left.destroy();
      await delay(QUIET_MS);
      seen.push(storage.getStore());
      void delay(QUIET_MS).then(() => {
        seen.push(storage.getStore());
        done();
      });
    });
  const server = createHttpServer({ lane: undefined, next }, false).listen(0, "127.0.0.1");
  await once(server, "listening");
  const left = request({ port: (server.address() as AddressInfo).port });
  left.on("error", () => undefined).end();
  await over;
  expect(seen).toEqual(["here", undefined]);
  server.close();
});
