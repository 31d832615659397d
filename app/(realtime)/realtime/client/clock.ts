/** One exchange: sent and answered by our clock, received and answered by the server's. */
export interface Exchange {
  sent: number;
  receivedAt: number;
  sentAt: number;
  returned: number;
}

/** What is known of the server's clock: add `offsetMs` to ours; wrong by `errorMs` at most. */
export interface ClockEstimate {
  offsetMs: number;
  errorMs: number;
}

const KEPT = 30;

/**
 * Estimates the offset of the server's clock as NTP does (RFC 5905, section 8): from the exchange
 * with the shortest round trip of the last ones, half of which bounds the error.
 */
export function createClock() {
  let samples: { offsetMs: number; delayMs: number }[] = [];
  return {
    add({ sent, receivedAt, sentAt, returned }: Exchange): void {
      const offsetMs = (receivedAt - sent + (sentAt - returned)) / 2;
      const delayMs = returned - sent - (sentAt - receivedAt);
      samples = [...samples, { offsetMs, delayMs }].slice(-KEPT);
    },
    estimate(): ClockEstimate | null {
      const best = samples.toSorted((a, b) => a.delayMs - b.delayMs)[0];
      return best ? { offsetMs: best.offsetMs, errorMs: Math.max(0, best.delayMs / 2) } : null;
    },
  };
}
