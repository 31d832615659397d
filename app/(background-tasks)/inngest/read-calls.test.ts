import { describe, expect, it } from "vitest";
import { HttpError } from "@/lib/http";
import { createCallReader } from "./read-calls";

const KiB = 1024;

/** A call whose body is written piece by piece; it ends where it is told to. */
function slow(headers: HeadersInit = {}) {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({
    start(own) {
      controller = own;
    },
  });
  const request = new Request("http://x/", {
    method: "POST",
    body,
    duplex: "half",
    headers,
  } as RequestInit);
  return {
    request,
    send: (bytes: number) => controller.enqueue(new Uint8Array(bytes).fill(97)),
    end: () => controller.close(),
    breakOff: () => controller.error(new Error("gone")),
  };
}
const whole = (body: BodyInit) => new Request("http://x/", { method: "POST", body });
const statusOf = (reading: Promise<unknown>) =>
  reading.then(
    () => 200,
    (error: unknown) => (error instanceof HttpError ? error.status : error),
  );
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

describe("the calls' reader", () => {
  it("gives the whole of a body, and holds nothing afterwards", async () => {
    const calls = createCallReader({ callBytes: 100 * KiB, totalBytes: 1_000 * KiB });
    const text = `{"a":"${"é".repeat(40 * KiB)}"}`;
    expect(await calls.read(whole(text))).toBe(text);
    expect(await calls.read(whole(""))).toBe("");
    expect(calls.held()).toBe(0);
  });

  it("refuses what is too large, said or sent, what is no UTF-8, and what breaks off", async () => {
    const calls = createCallReader({ callBytes: 100, totalBytes: KiB });
    expect(await statusOf(calls.read(slow({ "content-length": "101" }).request))).toBe(413);
    expect(await statusOf(calls.read(whole("a".repeat(101))))).toBe(413);
    expect(await statusOf(calls.read(whole(Buffer.from([0xff]))))).toBe(400);
    const { request, send, breakOff } = slow();
    const reading = statusOf(calls.read(request));
    send(10);
    await settled();
    breakOff();
    expect(await reading).toBe(400);
    expect(calls.held()).toBe(0);
  });

  it("gives up the oldest where all of them hold too much, and lets the new one in", async () => {
    const calls = createCallReader({ callBytes: 64 * KiB, totalBytes: 256 * KiB });
    const stalled = Array.from({ length: 40 }, () => {
      const call = slow();
      call.send(30 * KiB);
      return { ...call, status: statusOf(calls.read(call.request)) };
    });
    await settled();
    expect(calls.held()).toBeLessThanOrEqual(256 * KiB);
    expect(await calls.read(whole("b".repeat(60 * KiB)))).toHaveLength(60 * KiB);
    for (const call of stalled) call.end();
    const statuses = await Promise.all(stalled.map(({ status }) => status));
    const refused = statuses.filter((status) => status === 503).length;
    expect(refused).toBeGreaterThan(30);
    // Those that began last are read.
    expect(statuses).toEqual([...Array(refused).fill(503), ...Array(40 - refused).fill(200)]);
    expect(calls.held()).toBe(0);
  });

  it("says when to come back", async () => {
    const calls = createCallReader({ callBytes: 64 * KiB, totalBytes: 32 * KiB });
    const error = await calls.read(whole("a".repeat(40 * KiB))).catch((reason) => reason);
    expect(error.problem()).toMatchObject({ type: "/problems/busy", status: 503 });
    expect(new Headers(error.extra.headers).get("retry-after")).toBe("1");
  });
});
