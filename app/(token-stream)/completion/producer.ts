import { setTimeout as delay } from "node:timers/promises";
import { bus } from "@/lib/bus";
import { env } from "@/lib/env";
import { log } from "@/lib/log";
import { logger } from "@/lib/logger";
import { remember } from "@/lib/remember";
import { failureOf, ProviderError } from "../provider/failures";
import { appendEntry, type CompletionEntry, type EndEntry, streamOf } from "./entries";
import { gather } from "./gather";
import { type Generated, generate } from "./generate";
import { type CompletionRow, release } from "./rows";
import { settle } from "./settle";
import { createWriter } from "./writer";
import { nothingWritten, readWritten } from "./written";

/** Where instances tell each other: `stop <id>`, or that something was given back. */
export const CHANNEL = "completions";
const RETRY_MS = 250;
/** A completion that has outlived so many producers may be what ends them. */
const MAX_EPOCHS = 20;

/** Why a producer was told to end. */
type Order = "stop" | "hand over" | "lost";

/** Makes one completion in this process, whoever reads it, or nobody. */
export interface Producer {
  readonly epoch: number;
  /** The first order counts. The upstream request is aborted at once. */
  order(what: Order): void;
  /** Resolves when it has ended, for whatever reason. */
  readonly over: Promise<void>;
}

/** The producers of this process, by the id of their completion. */
export const producers = () => remember("producers", () => new Map<string, Producer>());

/** Somebody else has written at our place: they are the producer now. */
class Fenced extends Error {}

/** Starts a producer for a completion that is leased to this process. */
export function startProducer(row: CompletionRow): Producer {
  const orders = new AbortController();
  // A new one has an empty log: its readers need not look.
  const letGo = row.epoch === 1 ? log().hold(streamOf(row.id), 0) : () => undefined;
  const over = produce(row, orders.signal)
    .catch((err) =>
      logger().warn({ err, completion: row.id }, "producer failed; another takes over"),
    )
    .finally(() => {
      letGo();
      if (producers().get(row.id) === producer) producers().delete(row.id);
    });
  const producer: Producer = { epoch: row.epoch, order: (what) => orders.abort(what), over };
  producers().set(row.id, producer);
  return producer;
}

async function produce(row: CompletionRow, orders: AbortSignal): Promise<void> {
  const store = (entry: CompletionEntry) => storeEntry(row.id, entry, orders);
  const { epoch } = row;
  const begun = store({ type: "begin" });
  // The first producer finds nothing: the model is asked while the beginning is being stored.
  if (epoch > 1) await begun;
  const written = epoch > 1 ? await readWritten(row.id) : nothingWritten();
  if (!written.end) {
    if (epoch > 1) await store({ type: "continued", epoch, instance: env().INSTANCE_NAME });
    const writer = createWriter({
      offset: written.offset,
      gather: () => gather(producers().size),
      async write(entry) {
        await begun;
        await store({ ...entry, epoch });
      },
    });
    const [outcome] = await Promise.all([work(), begun]);
    // What has come is kept, even where the one who wrote it goes.
    if (orders.reason !== "lost") await writer.flush();
    if (orders.reason === "hand over") return handOver(row);
    if (orders.reason === "lost") return;
    await store({ type: "end", epoch, offset: writer.offset(), ...outcome });

    async function work(): Promise<Outcome> {
      if (row.stopRequested) return stopped;
      if (epoch > MAX_EPOCHS) return failed(new ProviderError("abandoned"), true);
      try {
        return done(await generate(row, written, writer, orders));
      } catch (error) {
        if (error instanceof Fenced) throw error;
        if (orders.aborted) return stopped;
        logger().warn({ err: error, completion: row.id }, "the provider failed");
        return failed(error, writer.offset() > 0);
      }
    }
  }
  await settle(row.id);
}

type Outcome = Pick<EndEntry, "status" | "reason" | "usage" | "failure">;
const stopped: Outcome = { status: "stopped", reason: "stopped", usage: null, failure: null };
const done = ({ reason, usage }: Generated): Outcome => ({
  status: "done",
  reason,
  usage,
  failure: null,
});
const failed = (error: unknown, begun: boolean): Outcome => ({
  status: "failed",
  reason: "error",
  usage: null,
  failure: failureOf(error, begun),
});

/** A database that is away for a while is waited for: the key makes the repetition harmless. */
async function storeEntry(id: string, entry: CompletionEntry, orders: AbortSignal): Promise<void> {
  for (;;) {
    try {
      if (await appendEntry(id, entry)) return;
      break;
    } catch (err) {
      if (orders.reason === "lost" || orders.reason === "hand over") throw err;
      logger().warn({ err, completion: id }, "tokens wait for the database");
      await delay(RETRY_MS);
    }
  }
  throw new Fenced(`another producer writes ${id}`);
}

async function handOver(row: CompletionRow): Promise<void> {
  await release(row);
  await bus().publish(CHANNEL, "released");
}
