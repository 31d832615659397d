import { A, B } from "../../fixtures";
import { call, type Guest } from "../guest";

/** One slice under load. It keeps a book of what was acknowledged. */
export interface Slice {
  name: string;
  /** Milliseconds between two turns. */
  paceMs: number;
  /**
   * Acts once, on an instance. True: it was acknowledged, and is in the book. False: it was refused
   * clearly, or the connection broke, and the next turn tries again.
   * @throws Error where neither was the case
   */
  turn(base: string): Promise<boolean>;
  /** Compares the book with what the server has, once there is no load any more. */
  check(): Promise<void>;
  close?(): void;
}

/** What nobody who waits must sit through: no answer, and no end of the connection. */
const SILENCE_MS = 20_000;

interface Asked {
  guest: Guest;
  base: string;
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

/**
 * The answer where it is one of success, with its body read. Null where it is a problem that says
 * "later", or where the connection broke: either tells a client to try again.
 * @throws Error where the answer is another one, or none
 */
export async function told(path: string, { body, ...init }: Asked) {
  const signal = AbortSignal.timeout(SILENCE_MS);
  const raw = body instanceof Uint8Array;
  const sent = raw
    ? { body: body as BodyInit }
    : body !== undefined && { body: JSON.stringify(body) };
  try {
    const response = await call(path, { ...init, ...sent, signal });
    const text = await response.text();
    if (response.ok || response.status === 304) return { status: response.status, text };
    const isProblem = response.headers.get("content-type") === "application/problem+json";
    const later = [429, 503].includes(response.status) && response.headers.has("retry-after");
    if (isProblem && later) return null;
    throw new Unclear(`${path} answered ${response.status}: ${text.slice(0, 300)}`);
  } catch (error) {
    if (signal.aborted) throw new Unclear(`${path} did not answer`);
    if (error instanceof Unclear) throw error;
    return null;
  }
}

class Unclear extends Error {}

export const other = (base: string) => (base === A ? B : A);
export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
