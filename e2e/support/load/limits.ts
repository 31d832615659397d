import { A, expect } from "../../fixtures";
import { call, newGuest } from "../guest";
import { type Slice, told } from "./slice";

/** Units of a window in Redis, which both instances share. Redis in memory forgets when it dies. */
export async function limits(forgets: boolean): Promise<Slice> {
  const guest = await newGuest("Limits under load");
  const path = "/api/limits/fixed-window?down=insured";
  const grants: string[] = [];
  return {
    name: "rate limits",
    paceMs: 800,
    async turn(base) {
      const granted = await told(path, { guest, base });
      if (!granted) return false;
      const { decidedBy, seen } = JSON.parse(granted.text);
      expect(["redis", "insurance"]).toContain(decidedBy);
      if (decidedBy === "redis") grants.push(`${seen.state.window}: ${seen.state.count}`);
      return true;
    },
    async check() {
      // No unit was given twice, and none beyond the limit, whoever asked.
      if (!forgets) expect(new Set(grants).size).toBe(grants.length);
      for (const grant of grants) expect(Number(grant.split(": ")[1])).toBeLessThanOrEqual(10);
      const state = await call("/api/limits/fixed-window/state", { guest, base: A });
      expect(state.status).toBe(200);
    },
  };
}
