import { call, type Guest } from "../support/guest";
import { order, postJob } from "../support/jobs";
import type { Line } from "../support/promised";

/** A job that was accepted before, and waits. */
export interface Waiting {
  guest: Guest;
  waiting: string;
  doomed: string;
}

const message = "Hello";
const withinMs = 2_000;

/** What jobs promise while Inngest is gone, hangs, or answers nonsense: everything, but later. */
export const jobsTable: Line<Waiting>[] = [
  {
    operation: "accept a job",
    ask: ({ guest }) => postJob(guest, "deliver", { message }, { base: guest.base }),
    promised: { status: 202, withinMs },
  },
  {
    operation: "accept one, and wait a second for it",
    ask: ({ guest }) =>
      postJob(guest, "deliver", { message }, { base: guest.base, headers: { prefer: "wait=1" } }),
    promised: { status: 202, withinMs: 1_000 + withinMs },
  },
  {
    operation: "read its state",
    ask: ({ guest, waiting }) => call(`/api/jobs/${waiting}`, { guest }),
    promised: { status: 200, withinMs },
  },
  {
    operation: "cancel it",
    ask: ({ guest, doomed }) => order(guest, doomed, "cancel", guest.base),
    promised: { status: 200, withinMs },
  },
];
