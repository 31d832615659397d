import type { Config } from "./config.ts";
import type { Database } from "./database.ts";
import type { Instances } from "./instances.ts";

/** What the parts of the executor share. */
export interface Executor {
  db: Database;
  instances: Instances;
  /** The functions of the apps by id, as last registered. */
  functions: Map<string, Config>;
  /** Functions that a call was due for and that are not registered, and since when, in milliseconds since 1970. */
  missing: Map<string, number>;
  /** Without one, calls are unsigned: for apps in dev mode only. */
  signingKey?: string;
  /** Milliseconds since 1970. */
  now(): number;
  /** From 0 up to 1. */
  random(): number;
  /** Milliseconds until the retry after the attempt of this number, counted from 0. */
  backoff(attempt: number): number;
  log(line: string): void;
  /** Aborted when the executor ends or has lost its database: what is under way is left as it is. */
  signal: AbortSignal;
}

/** An error as functions and events carry it. */
export interface ErrorValue {
  name: string;
  message: string;
  stack?: string;
  cause?: unknown;
}

/** An event as functions get it. */
export interface EventValue {
  id: string;
  name: string;
  data: Record<string, unknown>;
  ts: number;
  user?: Record<string, unknown>;
  v?: string;
  meta?: unknown;
}

/** The fields of an error from what an app sent as one. */
export function errorOf(value: unknown): ErrorValue {
  const given = (value ?? {}) as Record<string, unknown>;
  const text = (field: unknown) => (typeof field === "string" && field ? field : undefined);
  const stack = text(given.stack);
  return {
    name: text(given.name) ?? "Error",
    message: text(given.message) ?? text(given.error) ?? text(value) ?? "Unknown error",
    ...(stack ? { stack } : {}),
    ...(given.cause === undefined ? {} : { cause: given.cause }),
  };
}
