import { B, expect } from "../../fixtures";
import { call, newGuest } from "../guest";
import { untilStatus } from "../jobs";
import { type Slice, told } from "./slice";

/** Jobs, each with a key of its own, which is sent until it is acknowledged. */
export async function jobs(): Promise<Slice> {
  const guest = await newGuest("Jobs under load");
  const ids: string[] = [];
  let key = crypto.randomUUID();
  return {
    name: "background tasks",
    paceMs: 700,
    async turn(base) {
      const headers = { "idempotency-key": `"${key}"` };
      const asked = { guest, base, method: "POST", headers, body: { message: key } };
      const accepted = await told("/api/jobs/deliver", asked);
      if (!accepted) return false;
      ids.push(JSON.parse(accepted.text).id);
      key = crypto.randomUUID();
      return true;
    },
    async check() {
      for (const id of ids) {
        const { effects } = await untilStatus(guest, id, "done", { base: B, timeout: 60_000 });
        expect(effects).toHaveLength(1);
      }
      const listed: string[] = [];
      let next: string | undefined = "/api/jobs?limit=50";
      while (next) {
        const response: Response = await call(next, { guest, base: B });
        const { jobs } = (await response.json()) as { jobs: { id: string }[] };
        listed.push(...jobs.map(({ id }) => id));
        next = /<([^>]+)>; rel="next"/.exec(response.headers.get("link") ?? "")?.[1];
      }
      expect(listed.sort()).toEqual(ids.toSorted());
    },
  };
}
