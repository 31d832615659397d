const CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/** npm and tsx pass a Ctrl-C on that the terminal has sent to us as well: that is one, not two. */
const ECHO_MS = 700;

export interface Endings {
  /** Orderly: called once. */
  stop: () => Promise<void>;
  /** At the second signal, while `stop` is still at work: makes it quick. */
  force: () => void;
}

/**
 * Ends everything at SIGINT, SIGTERM, SIGHUP, and when the process that started us is gone (where
 * it holds an IPC channel), then exits with 128 + the signal's number. A third signal exits at once.
 */
export function endOnSignals({ stop, force }: Endings): void {
  let count = 0;
  let last = 0;
  const onSignal = (code: number) => {
    if (Date.now() - last < ECHO_MS) return;
    last = Date.now();
    count++;
    if (count === 3) process.exit(code);
    if (count === 2) return force();
    stop().then(
      () => process.exit(code),
      (error) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  for (const [name, code] of Object.entries(CODES)) process.on(name, () => onSignal(code));
  process.once("disconnect", () => onSignal(CODES.SIGTERM));
  // A terminal that is gone must not end us halfway.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
}
