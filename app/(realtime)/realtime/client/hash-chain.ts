import type { Entry } from "../../contract";

/** Positions whose hash is remembered, so that lanes can be compared where both have been. */
const REMEMBERED = 2_000;

type Digest = (data: Uint8Array<ArrayBuffer>) => Promise<ArrayBuffer>;

/**
 * A running hash of a sequence: H(n) = SHA-256(H(n-1) ‖ "seq:sentAt:payload"). Equal hashes at equal
 * positions say that everything before was the same, in the same order. A chain, because
 * crypto.subtle has no hash that one can add to.
 */
export function createHashChain(digest: Digest = (data) => crypto.subtle.digest("SHA-256", data)) {
  const encoder = new TextEncoder();
  const byPosition = new Map<number, string>();
  let last = new Uint8Array(32);
  let reached = 0;
  let queue = Promise.resolve();

  async function add({ seq, sentAt, payload }: Entry): Promise<void> {
    const text = encoder.encode(`${seq}:${sentAt}:${payload}`);
    const both = new Uint8Array(last.length + text.length);
    both.set(last);
    both.set(text, last.length);
    last = new Uint8Array(await digest(both));
    byPosition.set(seq, hex(last));
    reached = seq;
    if (byPosition.size > REMEMBERED) {
      const [oldest] = byPosition.keys();
      byPosition.delete(oldest as number);
    }
  }

  return {
    add(entries: readonly Entry[]): void {
      queue = queue.then(async () => {
        for (const entry of entries) await add(entry);
      });
    },
    /** The hash at a position; undefined where it is not known (yet, or any more). */
    at: (position: number) => byPosition.get(position),
    /** The last position that is hashed; 0 before the first. */
    reached: () => reached,
    /** Everything that was added is in. */
    settled: () => queue,
    /** Begins anew: after a reset there is no telling what came before. */
    restart(): void {
      queue = queue.then(() => {
        last = new Uint8Array(32);
        byPosition.clear();
        reached = 0;
      });
    },
  };
}

const hex = (bytes: Uint8Array) =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export type HashChain = ReturnType<typeof createHashChain>;
