import { z } from "zod";
import { wholeNumber } from "@/lib/numbers";
import { textBlock } from "@/lib/text";

/** What background tasks allow. Whoever passes a limit is told which. */
export const jobLimits = {
  /** Of one user, not ended yet. */
  active: 20,
  /** Of one user, after a response and not done yet. */
  activeTasks: 5,
  /** All guests of one address together: ADDRESS_LIMIT_FACTOR times this, on each instance. Beyond: 429. */
  started: { name: "jobs", limit: 60, windowMs: 60_000 },
  startedTasks: { name: "tasks", limit: 60, windowMs: 60_000 },
  csvCharacters: 40_000,
  csvRows: 1_000,
  batches: 8,
  /** Attempts of one step: the first, and three more. Only failures of our own code are counted. */
  attempts: 4,
  /** How often the process may die while one step runs. A death costs no attempt; one more than this ends the job. */
  deaths: 10,
  /**
   * Seconds without progress after which the start event of a job is sent again. Doubled after each
   * time: 5, 10, 20 minutes, and after 40 more the job is a dead letter.
   */
  stallSeconds: 300,
  /** How often that event is sent again in one round. */
  restarts: 3,
  /** Seconds that `Prefer: wait` is granted. */
  waitSeconds: 20,
  /** Open event streams, and requests that wait, of one user on one instance: each. */
  readersPerUser: 10,
  keyHours: 24,
  cursorCharacters: 200,
  /** After which a job that has ended is swept away, with its history. */
  keptDays: 7,
} as const;

export const kinds = ["import", "digest", "deliver"] as const;
export const kindSchema = z.enum(kinds);
export type Kind = z.infer<typeof kindSchema>;

/** Faults to cause, each of them a control on the page. */
const faults = z.strictObject({
  /** Milliseconds that every step takes longer. */
  pauseMs: z.int().min(0).max(10_000).default(0),
  /** So many attempts of the middle step fail before one succeeds. */
  failures: z.int().min(0).max(10).default(0),
  /** A failure asks to be repeated after so many seconds, as a 429 with Retry-After would. */
  retryAfterSeconds: z.int().min(0).max(60).optional(),
  /** Every attempt fails: it becomes a dead letter. Switched off, a replay can succeed. */
  poison: z.boolean().default(false),
});
export type Faults = z.infer<typeof faults>;

const common = { faults: faults.prefault({}) };

/** Celery's row: a file, given or made up. Lines of name, email and a whole amount under a header. */
export const importInput = z
  .strictObject({
    csv: z.string().min(1).max(jobLimits.csvCharacters).optional(),
    sample: z
      .strictObject({
        rows: z.int().min(1).max(jobLimits.csvRows),
        /** So many of them are made wrong. */
        bad: z.int().min(0).max(jobLimits.csvRows).default(0),
      })
      .optional(),
    batches: z.int().min(1).max(jobLimits.batches).default(3),
    ...common,
  })
  .refine(({ csv, sample }) => (csv === undefined) !== (sample === undefined), {
    message: "is either csv or sample",
  });

/** ARQ's row: an async function, perhaps deferred. */
export const digestInput = z.strictObject({
  delaySeconds: z.int().min(0).max(3_600).default(0),
  ...common,
});

/** Dramatiq's row: one message, delivered or a dead letter. */
export const deliverInput = z.strictObject({ message: textBlock(500), ...common });

/** `POST /api/jobs/{kind}`, by kind. */
export const inputs = { import: importInput, digest: digestInput, deliver: deliverInput } as const;
export type Input<K extends Kind = Kind> = z.infer<(typeof inputs)[K]>;

/** Kinds that are short enough to wait for: `Prefer: wait`. */
export const shortKinds: readonly Kind[] = ["digest", "deliver"];

export const jobStatuses = [
  "queued",
  "sleeping",
  "running",
  "retrying",
  "done",
  "dead",
  "cancelled",
] as const;
export type JobStatus = (typeof jobStatuses)[number];
export const hasEnded = (status: JobStatus) => ["done", "dead", "cancelled"].includes(status);

const time = z.iso.datetime();

export const stepState = z.object({
  name: z.string(),
  status: z.enum(["running", "retrying", "done", "failed"]),
  /** 1 for the first. */
  attempt: z.number(),
  /** How often its code has begun: more than attempts where a process was killed. */
  runs: z.number(),
  instance: z.string(),
  error: z.string().nullable(),
  nextRetryAt: time.nullable(),
  startedAt: time,
  finishedAt: time.nullable(),
});
export type StepState = z.infer<typeof stepState>;

/** A line of the ledger: what was done, once. */
export const effectState = z.object({
  step: z.string(),
  instance: z.string(),
  at: time,
  effect: z.unknown(),
});

/** `GET /api/jobs/{id}`. */
export const jobState = z.object({
  id: z.uuid(),
  kind: kindSchema,
  status: z.enum(jobStatuses),
  /** 1, and one more for each replay. */
  round: z.number(),
  /** How often its start event was sent again in this round, because nothing happened or the run was lost. */
  restarts: z.number(),
  attempt: z.number(),
  maxAttempts: z.number(),
  /** When a job that is retrying is tried again, or one that sleeps wakes. */
  dueAt: time.nullable(),
  /** The instance that ran its last step. */
  instance: z.string().nullable(),
  steps: z.array(stepState),
  effects: z.array(effectState),
  result: z.unknown(),
  error: z.string().nullable(),
  createdAt: time,
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  /** When something last happened to it. */
  movedAt: time,
});
export type JobState = z.infer<typeof jobState>;

/** 202 of `POST /api/jobs/{kind}`: the same for each repetition of a key. */
export const jobAccepted = z.object({ id: z.uuid(), kind: kindSchema, createdAt: time });

/** 200 of `POST /api/jobs/{id}/cancel`. */
export const jobCancelled = z.object({ id: z.uuid(), status: z.enum(jobStatuses) });

/** `GET /api/jobs`. The next page is behind Link rel="next". */
export const jobsQuery = z.object({
  cursor: z.string().max(jobLimits.cursorCharacters).optional(),
  limit: wholeNumber(1, 50).default(20),
});
export const jobPage = z.object({ jobs: z.array(jobState) });

/** `POST /api/jobs/{id}/replay`. */
export const replayRequest = z.strictObject({
  /** False takes back the faults that were asked for, so that it can succeed. */
  keepFaults: z.boolean().default(false),
});

/** 202 of it. */
export const jobReplayed = jobCancelled.extend({ round: z.number() });

// The events of a job (`GET /api/jobs/{id}/events`) and of all of one's jobs (`GET /api/jobs/events`).

export const jobEvent = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("job"),
    id: z.uuid(),
    status: z.enum(jobStatuses),
    round: z.number(),
    attempt: z.number(),
    dueAt: time.nullable(),
    error: z.string().nullable(),
  }),
  z.object({
    type: z.literal("step"),
    id: z.uuid(),
    name: z.string(),
    status: stepState.shape.status,
    attempt: z.number(),
    instance: z.string(),
    error: z.string().nullable(),
  }),
  /** A line of the ledger was written. */
  z.object({ type: z.literal("effect"), id: z.uuid(), step: z.string(), instance: z.string() }),
  /** Its event was handed over to Inngest. */
  z.object({ type: z.literal("sent"), id: z.uuid(), eventId: z.string() }),
  /** Its start event is sent again, for the time `restart` of at most `of` in this round. */
  z.object({
    type: z.literal("restarted"),
    id: z.uuid(),
    restart: z.number(),
    of: z.number(),
    reason: z.string(),
  }),
]);
export type JobEvent = z.infer<typeof jobEvent>;

/** `GET /api/cron-runs`: what the schedules did last, the newest first. */
export const cronRuns = z.object({
  runs: z.array(
    z.object({
      schedule: z.string(),
      tick: time,
      at: time,
      instance: z.string(),
      effect: z.unknown(),
      /** Ticks of this schedule between this one and the one before that never fired. */
      missed: z.number(),
    }),
  ),
  /** Schedules that have fired in the last day and do not any more, each with the time at which it should have. */
  late: z.array(z.object({ schedule: z.string(), dueAt: time })),
});
export type CronRuns = z.infer<typeof cronRuns>;
