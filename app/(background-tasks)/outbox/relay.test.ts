import { randomUUID } from "node:crypto";
import { afterAll, describe, expect, it } from "vitest";
import { bus } from "@/lib/bus";
import { pool } from "@/lib/db/pool";
import { log } from "@/lib/log";
import { deliverInput } from "../contract";
import { createJob } from "../jobs/create";
import { relayOnce, retryMs } from "./relay";
import { claim } from "./rows";

afterAll(async () => {
  log().close();
  await bus().close();
  await pool().end();
});

const own = new Set<string>();

/** A server that notes which of our events it was told of, and how often. Other tests have theirs. */
function createServer() {
  const told: string[] = [];
  return {
    told,
    async send(events: { id: string }[]) {
      told.push(...events.map(({ id }) => id).filter((id) => own.has(id)));
    },
  };
}
async function newJob(): Promise<string> {
  const input = deliverInput.parse({ message: "x" });
  const { job } = await createJob({ userId: randomUUID(), kind: "deliver", input, key: undefined });
  own.add(job.id);
  return job.id;
}
async function relayAll(send: Parameters<typeof relayOnce>[0]): Promise<void> {
  while ((await relayOnce(send)) > 0);
}
/** Claims everything there is, as a relay that dies before it goes on. */
async function claimAll(): Promise<string[]> {
  const ids: string[] = [];
  for (;;) {
    const claimed = await claim();
    if (claimed.length === 0) return ids;
    ids.push(...claimed.map(({ eventId }) => eventId));
  }
}
/** The time of a claim has passed: its relay is dead. */
const claimIsOver = (id: string) =>
  pool().query("UPDATE outbox SET available_at = now() WHERE event_id = $1", [id]);

describe("the relay", () => {
  it("hands each event over once, by the job's id", async () => {
    const [server, id] = [createServer(), await newJob()];
    await relayAll(server.send);
    await claimIsOver(id);
    await relayAll(server.send);
    expect(server.told).toEqual([id]);
  });

  it("loses nothing when it dies before the sending", async () => {
    const [server, id] = [createServer(), await newJob()];
    expect(await claimAll()).toContain(id);
    await relayAll(server.send);
    expect(server.told).toEqual([]);
    await claimIsOver(id);
    await relayAll(server.send);
    expect(server.told).toEqual([id]);
  });

  it("says the same id again when it dies between the sending and the mark", async () => {
    const [server, id] = [createServer(), await newJob()];
    await server.send((await claimAll()).map((eventId) => ({ id: eventId })));
    await claimIsOver(id);
    await relayAll(server.send);
    // Inngest takes an id once.
    expect(server.told).toEqual([id, id]);
  });

  it("keeps what was refused, and tries again later and later", async () => {
    const id = await newJob();
    await relayAll(async () => {
      throw new Error("no server");
    });
    const { rows } = await pool().query(
      "SELECT attempts, available_at > now() AS later, sent_at FROM outbox WHERE event_id = $1",
      [id],
    );
    expect(rows).toEqual([{ attempts: 1, later: true, sent_at: null }]);
    await claimIsOver(id);
    const server = createServer();
    await relayAll(server.send);
    expect(server.told).toEqual([id]);
    expect([1, 2, 3, 20].map(retryMs)).toEqual([500, 1_000, 2_000, 30_000]);
  });

  it("shares the work with the other instances: no event is claimed by two", async () => {
    const ids: string[] = [];
    for (let n = 0; n < 12; n++) ids.push(await newJob());
    const claims = await Promise.all(Array.from({ length: 4 }, claimAll));
    const claimed = claims.flat().filter((id) => ids.includes(id));
    expect(claimed.toSorted()).toEqual(ids.toSorted());
  });
});
