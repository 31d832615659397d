import { EventEmitter } from "node:events";
import fc from "fast-check";
import type { Socket } from "socket.io";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { outgoingOf } from "./outgoing";

/** A connection as Engine.IO has it: packets are created, wait, and are flushed together. */
class Connection extends EventEmitter {
  transport: { socket?: { bufferedAmount?: number } } = { socket: { bufferedAmount: 0 } };
  create(data?: unknown) {
    this.emit("packetCreate", { type: "message", data });
  }
  flush(unsent = 0) {
    this.transport = { socket: { bufferedAmount: unsent } };
    this.emit("flush");
  }
}

function connect(conn = new Connection()) {
  const socket = { conn, connected: true };
  return { conn, socket, outgoing: outgoingOf(socket as unknown as Socket) };
}

describe("pending", () => {
  it("is what was created and not flushed, and what the network has not taken", () => {
    const { conn, outgoing } = connect();
    expect(outgoing.pending()).toBe(0);
    conn.create("12345");
    conn.create("678");
    expect(outgoing.pending()).toBe(8);
    conn.flush(3);
    expect(outgoing.pending()).toBe(3);
    conn.create("90");
    expect(outgoing.pending()).toBe(5);
    conn.flush(0);
    expect(outgoing.pending()).toBe(0);
  });

  it("agrees with a model on any course of packets and flushes", () => {
    const text = fc.record({ create: fc.string() });
    const flush = fc.record({ flush: fc.nat({ max: 10_000 }) });
    fc.assert(
      fc.property(fc.array(fc.oneof(text, flush)), (steps) => {
        const { conn, outgoing } = connect();
        let [waiting, buffered] = [0, 0];
        for (const step of steps) {
          if ("create" in step) {
            conn.create(step.create);
            waiting += step.create.length;
          } else {
            conn.flush(step.flush);
            [waiting, buffered] = [0, step.flush];
          }
          expect(outgoing.pending()).toBe(waiting + buffered);
        }
      }),
    );
  });

  it("counts binary packets by their bytes, and packets without data as nothing", () => {
    const { conn, outgoing } = connect();
    conn.create(Buffer.alloc(100));
    conn.create(new ArrayBuffer(20));
    conn.create(new Uint16Array(2));
    conn.create(undefined);
    conn.create(null);
    expect(outgoing.pending()).toBe(124);
  });

  it("counts text by a third of its bytes at least", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", "ß", "語", "🦉") }), (text) => {
        const { conn, outgoing } = connect();
        conn.create(text);
        expect(outgoing.pending() * 3).toBeGreaterThanOrEqual(Buffer.byteLength(text));
        expect(outgoing.pending()).toBeLessThanOrEqual(Buffer.byteLength(text));
      }),
    );
  });

  it("goes on over an upgrade from polling, which buffers nothing", () => {
    const { conn, outgoing } = connect();
    conn.transport = {};
    conn.create("1234");
    expect(outgoing.pending()).toBe(4);
    conn.flush(7);
    expect(outgoing.pending()).toBe(7);
  });

  it("is counted once for a socket, however often it is asked for", () => {
    const { conn, socket, outgoing } = connect();
    expect(outgoingOf(socket as unknown as Socket)).toBe(outgoing);
    expect(conn.listenerCount("packetCreate")).toBe(1);
    conn.create("12");
    expect(outgoing.pending()).toBe(2);
  });
});

describe("below", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** Whether it has resolved by now; looks again after each step of the clock. */
  function watch(promise: Promise<void>) {
    let done = false;
    void promise.then(() => {
      done = true;
    });
    return async () => {
      await vi.advanceTimersByTimeAsync(100);
      return done;
    };
  }

  it("resolves at once where no more than that waits", async () => {
    const { conn, outgoing } = connect();
    conn.create("12345");
    await outgoing.below(5);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("resolves once no more than that waits, and not before", async () => {
    const { conn, outgoing } = connect();
    conn.create("123456");
    const resolved = watch(outgoing.below(5));
    expect(await resolved()).toBe(false);
    conn.flush(6);
    expect(await resolved()).toBe(false);
    conn.flush(5);
    expect(await resolved()).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("resolves when the socket is gone, and looks no more", async () => {
    const { conn, socket, outgoing } = connect();
    conn.create("123456");
    const resolved = watch(outgoing.below(0));
    expect(await resolved()).toBe(false);
    socket.connected = false;
    expect(await resolved()).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });
});
