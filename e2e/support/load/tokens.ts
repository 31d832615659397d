import { B, expect } from "../../fixtures";
import { ask, QUESTION, read, stateOf } from "../completion";
import { newGuest } from "../guest";
import { other, pause, type Slice } from "./slice";

const PATIENCE_MS = 60_000;

/** Completions, each read to its end: a reader that is cut off goes on at the other instance. */
export async function tokens(): Promise<Slice> {
  const guest = await newGuest("Tokens under load", B);
  const uncut = await ask(guest, QUESTION, { base: B });
  await uncut.over;
  const book: { id: string; text: string }[] = [];
  return {
    name: "token stream",
    paceMs: 500,
    async turn(base) {
      let from = base;
      let reading = await ask(guest, QUESTION, { base }).catch(() => null);
      if (!reading) return false;
      if (reading.status !== 200) {
        expect([429, 503]).toContain(reading.status);
        expect(reading.headers["content-type"]).toBe("application/problem+json");
        return false;
      }
      const { id } = reading;
      const deadline = Date.now() + PATIENCE_MS;
      let text = "";
      let lastEventId = "0";
      for (;;) {
        if (reading?.status === 200) {
          await reading.over;
          text += reading.text();
          lastEventId = reading.lastEventId() || lastEventId;
          if (reading.isDone()) break;
        }
        if (Date.now() > deadline) throw new Error(`The completion ${id} does not end`);
        await pause(200);
        from = other(from);
        reading = await read(guest, id, { base: from, lastEventId }).catch(() => null);
      }
      // The provider may have been killed: then that is said, and the text so far is kept.
      if (reading.events.some(({ event }) => event === "error")) return false;
      book.push({ id, text });
      return true;
    },
    async check() {
      for (const { id, text } of book) {
        expect(text).toBe(uncut.text());
        expect(await stateOf(guest, id, B)).toMatchObject({ status: "done", text });
      }
    },
  };
}
