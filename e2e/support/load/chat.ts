import { A, B, expect } from "../../fixtures";
import { newGuest, newRoom } from "../guest";
import { readHistory } from "../history";
import { openMember } from "../member";
import { pause, type Slice } from "./slice";

/** Longer than an instance takes to come back: the outbox must have got rid of it by then. */
const PATIENCE_MS = 60_000;

/** Two members, one on each instance, who write in turn. */
export async function chat(): Promise<Slice> {
  const [onA, onB] = [await newGuest("On A", A), await newGuest("On B", B)];
  const room = (await newRoom(onA)).name;
  const members = { [A]: openMember(A, onA, room), [B]: openMember(B, onB, room) };
  const all = Object.values(members);
  for (const member of all) await expect.poll(() => member.state().status).toBe("joined");
  const sent: string[] = [];
  return {
    name: "chat",
    paceMs: 300,
    async turn(base) {
      const member = members[base];
      if (!member) throw new Error(`Nobody is on ${base}`);
      const text = String(sent.length);
      member.send(text);
      sent.push(text);
      const deadline = Date.now() + PATIENCE_MS;
      while (member.state().outgoing.length > 0) {
        const { status, problem, outgoing } = member.state();
        if (Date.now() > deadline)
          throw new Error(`Not sent: ${JSON.stringify({ status, problem, outgoing })}`);
        await pause(20);
      }
      return true;
    },
    async check() {
      const stored = await readHistory(onB, room, B);
      expect(stored.map(({ seq }) => seq)).toEqual(sent.map((_, index) => index + 1));
      expect(stored.map(({ text }) => text)).toEqual(sent);
      for (const member of all) {
        await expect.poll(() => member.state().messages).toEqual(stored);
        const { gaps, duplicates } = member.state();
        expect({ gaps, duplicates }).toEqual({ gaps: 0, duplicates: 0 });
      }
    },
    close() {
      for (const member of all) member.close();
    },
  };
}
