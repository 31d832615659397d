import { type Entry, page } from "../../../app/(realtime)/contract";
import { B, expect } from "../../fixtures";
import { newGuest } from "../guest";
import { readByPoll, start, stop } from "../realtime";
import { type Slice, told } from "./slice";

/** A source, and a reader who polls. A source dies with its instance: its state says so, and it is started again. */
export async function realtime(): Promise<Slice> {
  const guest = await newGuest("Realtime under load", B);
  await start(guest, 10, 64, B);
  const read: Entry[] = [];
  const isRunning = async (base: string) => {
    const stats = await told("/api/realtime/stats", { guest, base });
    return stats && JSON.parse(stats.text).source.running;
  };
  return {
    name: "realtime",
    paceMs: 400,
    async turn(base) {
      const polled = await told(`/api/realtime/poll?after=${read.length}`, { guest, base });
      if (!polled) return false;
      const { entries, reset } = page.parse(JSON.parse(polled.text));
      expect(reset).toBeUndefined();
      read.push(...entries);
      if (entries.length > 0) return true;
      if ((await isRunning(base)) !== false) return false;
      const body = { action: "start", rate: 10, payloadBytes: 64 };
      await told("/api/realtime/source", { guest, base, method: "POST", body });
      return false;
    },
    async check() {
      const head = await stop(guest, B);
      const stored = await readByPoll(guest, "poll", 0, head, B);
      expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, index) => index + 1));
      expect(read).toEqual(stored.slice(0, read.length));
    },
  };
}
