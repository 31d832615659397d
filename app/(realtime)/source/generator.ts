import type { Settings } from "../contract";
import type { Stored } from "../entries";

const FILLER = "Four lanes carry the same words. ";

export interface GeneratorOptions {
  append(data: Stored): Promise<{ seq: number }>;
  /** Wall-clock milliseconds; also what the entries say of their time. */
  clock(): number;
  onError(error: unknown): void;
}

/**
 * Makes entries at an even rate until it is stopped. Each waits for the commit of the one before:
 * what the log cannot take is not made, and is not made up for.
 */
export function createGenerator(options: GeneratorOptions, first: Settings) {
  const { append, clock, onError } = options;
  let { rate, payloadBytes } = first;
  let stopped = false;
  let wake = () => {};
  let made = 0;

  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  async function run(): Promise<void> {
    let last = clock();
    while (!stopped) {
      // Rate may change while this waits: the time is looked at again.
      const left = last + 1_000 / rate - clock();
      if (left > 0) {
        await sleep(left);
        continue;
      }
      last = Math.max(last + 1_000 / rate, clock() - 1_000 / rate);
      const payload = `${++made} `.padEnd(payloadBytes, FILLER);
      await append({ sentAt: Math.round(clock() * 100) / 100, payload }).catch(onError);
    }
  }
  void run();

  return {
    change(next: Settings): void {
      ({ rate, payloadBytes } = next);
      wake();
    },
    stop(): void {
      stopped = true;
      wake();
    },
  };
}
