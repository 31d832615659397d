import { join } from "node:path";
import { Blobs } from "./blobs.ts";
import { Objects } from "./objects.ts";
import { readOrWriteRecord } from "./records.ts";
import type { S3Request } from "./request.ts";
import { Uploads } from "./uploads.ts";

/** The one bucket: its name, and all that is in it. */
export interface Store {
  bucket: string;
  region: string;
  /** In milliseconds. */
  createdAt: number;
  /** Origins whose pages may send requests. */
  allowedOrigins: readonly string[];
  blobs: Blobs;
  objects: Objects;
  uploads: Uploads;
  now: () => Date;
}

/** What an operation answers: text, a range of stored bytes, or nothing. */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: string | AsyncIterable<Buffer>;
}

export type Operation = (request: S3Request, store: Store) => Answer | Promise<Answer>;

/** Opens the folder as the last process has left it, and removes what that one did not finish. */
export async function openStore(
  dataDir: string,
  given: Pick<Store, "bucket" | "region" | "allowedOrigins" | "now">,
): Promise<Store> {
  const blobs = await Blobs.open(dataDir);
  const objects = await Objects.open(dataDir, blobs);
  const uploads = await Uploads.open(dataDir, blobs, objects);
  await blobs.sweep();
  const file = join(dataDir, "bucket.json");
  const first = () => ({ createdAt: objects.oldest() ?? seconds(given.now()) });
  const { createdAt } = await readOrWriteRecord(file, join(dataDir, "tmp"), first);
  return { ...given, createdAt, blobs, objects, uploads };
}

/** XML as an answer. */
export const xml = (body: string, headers: Record<string, string> = {}): Answer => ({
  status: 200,
  headers: { "Content-Type": "application/xml", ...headers },
  body,
});

/** HTTP's dates have whole seconds: what is stored has no more. */
export const seconds = (now: Date) => Math.floor(now.getTime() / 1000) * 1000;
export const iso = (time: number) => new Date(time).toISOString();
export const quoted = (etag: string) => `"${etag}"`;
