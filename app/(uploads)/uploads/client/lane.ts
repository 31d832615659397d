import { Refusal } from "@/components/wire-client";
import type { Upload, Way } from "../../contract";
import { createMeter, type Meter } from "./progress";

export type LaneStatus =
  | "idle"
  | "preparing"
  | "sending"
  | "finishing"
  | "paused"
  | "stored"
  | "failed"
  | "cancelled";

/** A lane, at one moment. */
export interface LaneView {
  status: LaneStatus;
  file: File | null;
  sent: number;
  rate: number | null;
  secondsLeft: number | null;
  /** From the first byte to the answer. */
  seconds: number | null;
  parts: { stored: number; all: number } | null;
  retries: number;
  message: string | null;
  /** After a failure: whether the same file may succeed another time. */
  mayPass: boolean;
  upload: Upload | null;
  /** Whether the stored digest is that of the file here; null where nobody has computed it here. */
  equal: boolean | null;
}

export const idleLane: LaneView = {
  status: "idle",
  file: null,
  sent: 0,
  rate: null,
  secondsLeft: null,
  seconds: null,
  parts: null,
  retries: 0,
  message: null,
  mayPass: true,
  upload: null,
  equal: null,
};

/** Its own fault was found in what was sent, and sending it again may mend it. */
const MENDABLE = new Set(["/problems/digest-mismatch", "/problems/incomplete-body"]);

/** Whether what failed may succeed another time. A file that is refused for what it is stays refused. */
export function mayPass(error: unknown): boolean {
  // What the store refuses, and a lost connection, may be another thing a moment later.
  if (!(error instanceof Refusal) || !error.type) return true;
  return ![400, 413, 415, 422].includes(error.status) || MENDABLE.has(error.type);
}

/** What a way of sending tells of itself while it sends. */
export interface Report {
  signal: AbortSignal;
  phase(status: "preparing" | "sending" | "finishing"): void;
  sent(bytes: number): void;
  parts(stored: number, all: number): void;
  retried(): void;
}

export interface Outcome {
  upload: Upload;
  /** As computed here. */
  sha256?: string;
}

/** One way of sending a file. `cancel` undoes at the server what an abort leaves there. */
export interface Sender {
  send(file: File, report: Report): Promise<Outcome>;
  cancel?(): Promise<void>;
  /** Whether it goes on where it was, so that it can be paused. */
  resumable: boolean;
}

/** Runs a sender, and keeps the view of it. */
export function createLane(way: Way, sender: Sender, onChange: () => void) {
  let view = idleLane;
  let control = new AbortController();
  let meter: Meter = createMeter(0);

  function set(change: Partial<LaneView>): void {
    view = { ...view, ...change };
    onChange();
  }

  async function run(file: File): Promise<void> {
    const mine = new AbortController();
    control = mine;
    const begun = performance.now();
    meter = createMeter(file.size);
    const tell = (change: Partial<LaneView>) => control === mine && set(change);
    tell({ ...idleLane, file, status: "preparing", sent: view.file === file ? view.sent : 0 });
    try {
      const { upload, sha256 } = await sender.send(file, {
        signal: mine.signal,
        phase: (status) => tell({ status }),
        sent(bytes) {
          meter.add(performance.now(), Math.min(bytes, file.size));
          const sent = Math.min(bytes, file.size);
          tell({ sent, rate: meter.rate(), secondsLeft: meter.secondsLeft() });
        },
        parts: (stored, all) => tell({ parts: { stored, all } }),
        retried: () => tell({ retries: view.retries + 1 }),
      });
      const seconds = (performance.now() - begun) / 1_000;
      const equal =
        sha256 === undefined || upload.sha256 === null ? null : sha256 === upload.sha256;
      tell({ status: "stored", sent: file.size, seconds, upload, equal, secondsLeft: null });
    } catch (error) {
      if (mine.signal.aborted) return;
      tell({
        status: "failed",
        secondsLeft: null,
        message: (error as Error).message,
        mayPass: mayPass(error),
      });
    }
  }

  return {
    way,
    resumable: sender.resumable,
    view: () => view,
    start: (file: File) => void run(file),
    pause(): void {
      control.abort(new Error("paused"));
      set({ status: "paused", secondsLeft: null });
    },
    /** Goes on where it was, or begins anew where it cannot. */
    again(): void {
      if (view.file) void run(view.file);
    },
    async cancel(): Promise<void> {
      control.abort(new Error("cancelled"));
      set({ status: "cancelled", secondsLeft: null, message: null });
      await sender.cancel?.();
    },
    close: () => control.abort(new Error("the page is left")),
  };
}

export type Lane = ReturnType<typeof createLane>;
