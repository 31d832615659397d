/**
 * Wake-ups between processes. A message is a hint and may be lost (a connection breaks, a process
 * dies between its commit and the hint): whoever listens must be able to find the truth in the
 * database, at the latest by a slow poll.
 */
export interface Bus {
  /** Sends to every process that listens, this one included. At most about 7 KB. */
  publish(channel: string, message: string): Promise<void>;
  /**
   * @param listener called for each message
   * @param onGap called when messages may have been missed (the connection was away)
   * @returns ends the subscription
   */
  subscribe(channel: string, listener: (message: string) => void, onGap?: () => void): () => void;
  /** Resolves when messages arrive: after the first connection. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** The local half that every implementation shares: who listens to what. */
export class Listeners {
  readonly #byChannel = new Map<
    string,
    Set<{ listener: (message: string) => void; onGap?: () => void }>
  >();

  add(channel: string, listener: (message: string) => void, onGap?: () => void): () => void {
    const entry = { listener, onGap };
    const set = this.#byChannel.get(channel) ?? new Set();
    this.#byChannel.set(channel, set.add(entry));
    return () => {
      set.delete(entry);
      if (set.size === 0 && this.#byChannel.get(channel) === set) this.#byChannel.delete(channel);
    };
  }

  channels(): string[] {
    return [...this.#byChannel.keys()];
  }

  deliver(channel: string, message: string): void {
    for (const { listener } of this.#byChannel.get(channel) ?? []) listener(message);
  }

  gap(): void {
    for (const set of this.#byChannel.values()) for (const { onGap } of set) onGap?.();
  }
}
