import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { MAX_WAITING, mayWait } from "./pipelined";

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

const requests = (count: number) =>
  Array.from({ length: count }, (_, n) => `GET /${n} HTTP/1.1\r\nHost: x\r\n\r\n`).join("");

/** A connection that has sent so many requests: /0, /1 and so on. */
async function send(count: number, listener: RequestListener) {
  const server = createServer(listener);
  await once(server.listen(0, "127.0.0.1"), "listening");
  ends.push(() => server.close());
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  ends.push(() => socket.destroy());
  socket.write(requests(count));
  return socket;
}

test("closes an answer that waits for its turn with its connection, once", async () => {
  const closed: string[] = [];
  let asked = 0;
  const socket = await send(4, (request, response) => {
    asked++;
    mayWait(request, response);
    response.once("error", () => undefined).on("close", () => closed.push(request.url as string));
    // The first is done, the second under way, the third only begun, the fourth done before its turn.
    response.write("some");
    if (request.url === "/0" || request.url === "/3") response.end();
  });
  await expect.poll(() => asked).toBe(4);
  await expect.poll(() => closed).toEqual(["/0"]);
  socket.destroy();
  await expect.poll(() => closed.toSorted()).toEqual(["/0", "/1", "/2", "/3"]);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(closed).toHaveLength(4);
});

test("lets so many wait, and no more", async () => {
  const may: boolean[] = [];
  await send(MAX_WAITING + 3, (request, response) => void may.push(mayWait(request, response)));
  await expect.poll(() => may.length).toBe(MAX_WAITING + 3);
  expect(may.indexOf(false)).toBe(MAX_WAITING + 1);
});

test("makes room as answers are done", async () => {
  const may: boolean[] = [];
  let answered = 0;
  const socket = await send(MAX_WAITING, (request, response) => {
    may.push(mayWait(request, response));
    response.once("close", () => answered++).end();
  });
  socket.resume();
  for (let n = 1; n <= 3; n++) {
    await expect.poll(() => answered).toBe(n * MAX_WAITING);
    if (n < 3) socket.write(requests(MAX_WAITING));
  }
  expect(may).not.toContain(false);
});
