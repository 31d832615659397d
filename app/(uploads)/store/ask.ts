import { S3ServiceException } from "@aws-sdk/client-s3";
import { env } from "@/lib/env";
import { HttpError } from "@/lib/http";
import { logger } from "@/lib/logger";

/** What a request may take with its repetitions, until its answer begins. */
const ANSWER_MS = 15_000;
/** The same with bytes of a file, or with an object to be made of them: slow is not gone. */
const bytesMs = () => env().S3_PATIENCE_SECONDS * 1_000;
/** One attempt, where no bytes are on their way. */
export const ATTEMPT_MS = 5_000;

interface Patience {
  /** Refusals that are an answer: null. */
  expected?: readonly string[];
  /** Bytes are on their way. */
  bytes?: boolean;
  /** Of whoever has asked. */
  signal?: AbortSignal;
}

/** What a request to the store is sent with. */
export interface Sending {
  abortSignal: AbortSignal;
  requestTimeout?: number;
}

/**
 * Asks the store, within a time: an expected refusal is null, whatever else fails is 503 or 507, its cause
 * in the log. The body of an object comes after the answer, in its own time.
 */
export async function ask<T>(work: (sending: Sending) => Promise<T>): Promise<T>;
export async function ask<T>(
  work: (sending: Sending) => Promise<T>,
  patience: Patience & { expected?: undefined },
): Promise<T>;
export async function ask<T>(
  work: (sending: Sending) => Promise<T>,
  patience: Patience,
): Promise<T | null>;
export async function ask<T>(
  work: (sending: Sending) => Promise<T>,
  { expected = [], bytes = false, signal }: Patience = {},
): Promise<T | null> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), bytes ? bytesMs() : ANSWER_MS);
  const abortSignal = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
  try {
    return await work({ abortSignal, ...(bytes && { requestTimeout: 0 }) });
  } catch (err) {
    if (err instanceof HttpError) throw err;
    if (err instanceof S3ServiceException) {
      if (expected.includes(err.name)) return null;
      // RFC 4918, 11.5; the embedded store and MinIO answer it.
      if (err.$metadata.httpStatusCode === 507) throw storeFull();
    }
    if (!signal?.aborted) logger().error({ err }, "the object store refused, or is away");
    throw storeUnavailable();
  } finally {
    clearTimeout(timer);
  }
}

/** Whatever answers 200 may be somebody else: a page of a proxy's has no such thing. @throws HttpError 503 */
export function proof<T>(given: T | undefined): T {
  if (given !== undefined && given !== "") return given;
  logger().error("the object store answers nonsense");
  throw storeUnavailable();
}

/** For whoever asked: what the store said is for the log. */
const storeUnavailable = () =>
  new HttpError(503, "store-unavailable", "The object store does not answer. Try again shortly.", {
    headers: { "retry-after": "5" },
  });

const storeFull = () =>
  new HttpError(507, "store-full", "The object store has no room left. Nothing was stored.", {
    headers: { "retry-after": "60" },
  });
