import { randomUUID } from "node:crypto";
import { logger } from "@/lib/logger";
import type { Gulp } from "@/lib/request-body";
import { type Upload, uploadLimits } from "../contract";
import { createDigester, type Expected } from "../file/digest-fields";
import { cleanName } from "../file/name";
import { typeOfStart } from "../file/type";
import { removeUpload } from "../remove";
import {
  insertUpload,
  keepAlive,
  markStored,
  reserveMore,
  toUpload,
  type UploadRow,
} from "../rows/rows";
import { headObject } from "../store/objects";
import { createPartWriter, givenUp, type PartWriter } from "../store/part-writer";
import { tooLarge } from "./body";

/** Reserved of the quota at a time, where the client does not say how much will come. */
const RESERVE_BYTES = 64 * 1024 * 1024;
const SIGN_OF_LIFE_MS = 30_000;

export interface StreamingOptions {
  userId: string;
  /** A keyed digest of the address that sends it. */
  address: string;
  /** Bytes that will come at most, where the client says so. */
  declared: number | undefined;
  expected?: readonly Expected[];
}

/**
 * A file on its way from a client to the store: request → digest → parts of a multipart upload,
 * with four parts in memory, however large it is. `take` receives it, `commit` makes it an upload,
 * and where either fails `discard` leaves no object, no part and no row.
 */
export function createStreamingUpload(options: StreamingOptions) {
  const { userId, address, declared, expected = [] } = options;
  const digester = createDigester(expected);
  let row: UploadRow | undefined;
  let writer: PartWriter | undefined;
  let reserved = 0;

  return {
    async take(name: string, bytes: AsyncIterable<Gulp>): Promise<void> {
      reserved = declared ?? RESERVE_BYTES;
      const id = randomUUID();
      row = await insertUpload({
        ...{ id, userId, address, way: "streaming", name: cleanName(name) },
        ...{ type: "application/octet-stream", size: reserved },
      });
      const parts = createPartWriter({
        key: row.key,
        onBytes: digester.update,
        typeOf: typeOfStart,
      });
      writer = parts;
      let shownAt = Date.now();
      for await (const gulp of bytes) {
        const total = gulp.reduce((sum, { byteLength }) => sum + byteLength, parts.total());
        if (total > uploadLimits.streamingBytes) throw tooLarge(uploadLimits.streamingBytes);
        while (total > reserved) {
          await reserveMore(row, RESERVE_BYTES);
          reserved += RESERVE_BYTES;
        }
        await parts.write(gulp);
        if (Date.now() - shownAt < SIGN_OF_LIFE_MS) continue;
        shownAt = Date.now();
        if (!(await keepAlive(row))) throw givenUp();
      }
      await parts.end();
    },

    /** @throws HttpError 400 where the digests are not those promised */
    async commit(): Promise<Upload> {
      if (!row || !writer) throw new Error("nothing was taken");
      const sha256 = digester.finish();
      await writer.complete();
      const object = await headObject(row.key);
      if (object?.size !== writer.total()) throw givenUp();
      const type = writer.type() ?? row.type;
      const stored = await markStored(row.id, { ...object, type, sha256 });
      if (!stored) throw givenUp();
      return toUpload(stored);
    },

    /** What cannot be removed now, the database being away, is swept when its lease is over. */
    async discard(): Promise<void> {
      await writer?.abort();
      if (!row) return;
      await removeUpload(row).catch((err) => logger().warn({ err }, "an upload stays to be swept"));
    },
  };
}
