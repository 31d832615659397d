import { A, expect } from "../../fixtures";
import { newGuest } from "../guest";
import { idsOf, openEvents } from "../sse";
import { other, pause, type Slice, told } from "./slice";

/** A publisher with keys, and a reader who comes back with its last id, each time to the other instance. */
export async function events(): Promise<Slice> {
  const guest = await newGuest("Events under load");
  const sent: number[] = [];
  const received: { id: number; payload: number }[] = [];
  let key = crypto.randomUUID();
  let closed = false;
  let leave = () => {};

  async function read(): Promise<void> {
    let base = A;
    let lastEventId = "0";
    while (!closed) {
      const reading = await openEvents(guest, { base, lastEventId }).catch(() => undefined);
      if (reading) {
        leave = reading.close;
        if (closed) leave();
        await reading.over;
        lastEventId = reading.lastEventId() || lastEventId;
        const own = reading.events.filter(({ event }) => event === "note");
        const ids = idsOf(own);
        own.forEach(({ data }, index) => {
          received.push({ id: ids[index] as number, payload: JSON.parse(data).payload });
        });
      }
      base = other(base);
      await pause(200);
    }
  }
  const reading = read();

  return {
    name: "event stream",
    paceMs: 250,
    async turn(base) {
      const headers = { "idempotency-key": `"${key}"` };
      const body = { type: "note", payload: sent.length };
      const published = await told("/api/events", { guest, base, method: "POST", headers, body });
      if (!published) return false;
      sent.push(sent.length);
      key = crypto.randomUUID();
      expect(JSON.parse(published.text).id).toBe(sent.length);
      return true;
    },
    async check() {
      // What was live must have come by now: the rest is not given a second chance.
      await pause(3_000);
      closed = true;
      leave();
      await reading;
      expect(received.map(({ id }) => id)).toEqual(sent.map((index) => index + 1));
      expect(received.map(({ payload }) => payload)).toEqual(sent);
    },
    close() {
      closed = true;
      leave();
    },
  };
}
