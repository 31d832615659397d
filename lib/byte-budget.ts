/** Bytes that may be held at once, by all that share the budget. */
export function createByteBudget(maxBytes: number) {
  let held = 0;
  return {
    held: () => held,

    /** A share of the budget, empty at first. Whoever takes it gives it back, whatever happens. */
    share() {
      let own = 0;
      return {
        /** False where the budget has no room for these bytes: they are not counted then. */
        add(bytes: number): boolean {
          if (held + bytes > maxBytes) return false;
          held += bytes;
          own += bytes;
          return true;
        },
        giveBack(): void {
          held -= own;
          own = 0;
        },
      };
    },
  };
}
