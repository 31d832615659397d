import { randomUUID } from "node:crypto";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { bus } from "@/lib/bus";
import { pool } from "@/lib/db/pool";
import { log } from "@/lib/log";
import { deliverInput } from "../contract";
import { createJob } from "../jobs/create";
import { relayOnce, retryMs } from "./relay";
import { claim } from "./rows";

beforeEach(async () => {
  await pool().query("DELETE FROM outbox");
});
afterAll(async () => {
  log().close();
  await bus().close();
  await pool().end();
});

const nothing = async () => {};
/** A server that knows the ids it has seen, as Inngest does. */
function createServer() {
  const calls: string[][] = [];
  return {
    calls,
    taken: () => new Set(calls.flat()),
    async send(events: { id: string }[]) {
      calls.push(events.map(({ id }) => id));
    },
  };
}
async function newJob(): Promise<string> {
  const input = deliverInput.parse({ message: "x" });
  return (await createJob({ userId: randomUUID(), kind: "deliver", input, key: undefined })).job.id;
}
/** The time of a claim has passed: its relay is dead. */
const claimsAreOver = () => pool().query("UPDATE outbox SET available_at = now()");

describe("the relay", () => {
  it("hands each event over once, by the job's id", async () => {
    const [server, id] = [createServer(), await newJob()];
    expect(await relayOnce({ send: server.send, onSent: nothing })).toBe(1);
    expect(await relayOnce({ send: server.send, onSent: nothing })).toBe(0);
    await claimsAreOver();
    expect(await relayOnce({ send: server.send, onSent: nothing })).toBe(0);
    expect(server.calls).toEqual([[id]]);
  });

  it("loses nothing when it dies before the sending", async () => {
    const [server, id] = [createServer(), await newJob()];
    await claim();
    expect(await relayOnce({ send: server.send, onSent: nothing })).toBe(0);
    await claimsAreOver();
    await relayOnce({ send: server.send, onSent: nothing });
    expect(server.calls).toEqual([[id]]);
  });

  it("says the same id again when it dies between the sending and the mark", async () => {
    const [server, id] = [createServer(), await newJob()];
    await server.send((await claim()).map(({ eventId }) => ({ id: eventId })));
    await claimsAreOver();
    expect(await relayOnce({ send: server.send, onSent: nothing })).toBe(1);
    expect(server.calls).toEqual([[id], [id]]);
    expect(server.taken()).toEqual(new Set([id]));
  });

  it("keeps what was refused, and tries again later and later", async () => {
    const id = await newJob();
    const send = async () => {
      throw new Error("no server");
    };
    expect(await relayOnce({ send, onSent: nothing })).toBe(0);
    const { rows } = await pool().query(
      "SELECT attempts, available_at > now() AS later FROM outbox",
    );
    expect(rows).toEqual([{ attempts: 1, later: true }]);
    await claimsAreOver();
    const server = createServer();
    expect(await relayOnce({ send: server.send, onSent: nothing })).toBe(1);
    expect(server.calls).toEqual([[id]]);
    expect([1, 2, 3, 20].map(retryMs)).toEqual([500, 1_000, 2_000, 30_000]);
  });

  it("shares the work with the other instances: no event is claimed by two", async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, newJob));
    const claims = await Promise.all(Array.from({ length: 5 }, claim));
    const claimed = claims.flat().map(({ eventId }) => eventId);
    expect(claimed.sort()).toEqual(ids.sort());
  });
});
