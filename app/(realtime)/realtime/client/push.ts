import type { Entry } from "../../contract";
import { createGate } from "./gate";
import type { LaneHost } from "./lane";

/**
 * What the two pushing lanes share: messages are taken in their order; a stall makes them wait, as
 * in a page whose thread is busy; one can be lost, and the gap that it leaves is noticed.
 *
 * @param resume called where an entry is missing: connect again, from the position
 */
export function createInbox(host: LaneHost, resume: () => void) {
  const gate = createGate();
  let losing = false;
  let queue = Promise.resolve();
  /** Messages of a connection that has been given up are not taken any more. */
  let connection = 0;

  const inTurn = (work: () => void) => {
    const mine = connection;
    queue = queue
      .then(() => gate.passed())
      .then(() => {
        if (mine === connection) work();
      });
  };

  return {
    /** A new connection asks from the position that has been taken by now. */
    begin: () => void connection++,
    entries: (entries: readonly Entry[]) =>
      inTurn(() => {
        if (losing) {
          losing = false;
          host.wire("in", "lost", `${entries.length} of ${entries[0]?.seq} ff. (lost)`);
          return;
        }
        if (host.entries(entries)) return;
        connection++;
        resume();
      }),
    reset: (oldest: number) => inTurn(() => host.reset(oldest)),
    stall: (ms: number) => gate.closeFor("stall", ms),
    loseNext(): void {
      losing = true;
    },
  };
}
