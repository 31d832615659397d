/** Something to wait at: closed for a while, by a stall, a pause, or a hidden tab. */
export function createGate() {
  const reasons = new Set<string>();
  let waiting: (() => void)[] = [];

  function open(reason: string): void {
    reasons.delete(reason);
    if (reasons.size > 0) return;
    const released = waiting;
    waiting = [];
    for (const release of released) release();
  }

  return {
    close: (reason: string) => void reasons.add(reason),
    open,
    isOpen: () => reasons.size === 0,
    closeFor(reason: string, ms: number): void {
      reasons.add(reason);
      setTimeout(open, ms, reason);
    },
    /** Resolves at once where nothing holds it. */
    passed: () =>
      reasons.size === 0
        ? Promise.resolve()
        : new Promise<void>((resolve) => void waiting.push(resolve)),
  };
}
