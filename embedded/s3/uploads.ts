import { randomBytes } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Blob, Blobs } from "./blobs.ts";
import type { Algorithm, Checksum } from "./checksums.ts";
import { S3Error } from "./errors.ts";
import { Locks } from "./locks.ts";
import type { Description, Objects } from "./objects.ts";
import { readRecords, writeRecord } from "./records.ts";

export interface Part {
  number: number;
  size: number;
  /** MD5 in hex, without quotes. */
  etag: string;
  lastModified: number;
  checksum?: Checksum;
  blob: Blob;
}

interface Begun extends Description {
  uploadId: string;
  key: string;
  initiated: number;
  algorithm?: Algorithm;
}

export interface Upload extends Begun {
  parts: Map<number, Part>;
}

/** The multipart uploads that are open: a folder each, with a file for each part. They survive a restart. */
export class Uploads {
  readonly #byId = new Map<string, Upload>();
  readonly #locks = new Locks();

  private constructor(
    private readonly folder: string,
    private readonly temporary: string,
    private readonly blobs: Blobs,
  ) {}

  static async open(dataDir: string, blobs: Blobs, objects: Objects): Promise<Uploads> {
    const uploads = new Uploads(join(dataDir, "uploads"), join(dataDir, "tmp"), blobs);
    await mkdir(uploads.folder, { recursive: true });
    for (const id of await readdir(uploads.folder)) await uploads.#load(id, objects);
    return uploads;
  }

  async #load(uploadId: string, objects: Objects): Promise<void> {
    const folder = join(this.folder, uploadId);
    const records = await readRecords<Begun | Part>(folder);
    const begun = records.find((record): record is Begun => "uploadId" in record);
    // Killed while it began, or between the object's appearance and the removal of the upload.
    if (!begun || objects.get(begun.key)?.uploadId === uploadId) {
      return rm(folder, { recursive: true, force: true });
    }
    const parts = records.filter((record): record is Part => "number" in record);
    this.#byId.set(uploadId, {
      ...begun,
      parts: new Map(parts.map((part) => [part.number, part])),
    });
    this.blobs.retain(parts.map(({ blob }) => blob));
  }

  async begin(upload: Omit<Begun, "uploadId">): Promise<Upload> {
    const begun: Begun = { ...upload, uploadId: randomBytes(24).toString("base64url") };
    const folder = join(this.folder, begun.uploadId);
    await mkdir(folder);
    try {
      await writeRecord(join(folder, "upload.json"), this.temporary, begun);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
    const open = { ...begun, parts: new Map() };
    this.#byId.set(begun.uploadId, open);
    return open;
  }

  /** @throws S3Error NoSuchUpload, also where the upload is of another key */
  require(uploadId: string, key: string): Upload {
    const upload = this.#byId.get(uploadId);
    if (upload?.key === key) return upload;
    throw new S3Error(
      "NoSuchUpload",
      "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
      { UploadId: uploadId },
    );
  }

  /** Puts a part in place of the one before, and takes over the caller's hold on its blob. */
  async putPart({ uploadId, key }: Upload, part: Part): Promise<void> {
    await this.#locks.run(uploadId, async () => {
      const { parts } = this.require(uploadId, key);
      const before = parts.get(part.number);
      await writeRecord(join(this.folder, uploadId, `${part.number}.json`), this.temporary, part);
      parts.set(part.number, part);
      if (before) await this.blobs.release([before.blob]);
    });
  }

  /**
   * Ends an upload. `complete` makes the object of the parts it wants, holding their blobs itself; where it
   * throws, the upload stays open.
   */
  async end<T>(
    uploadId: string,
    key: string,
    complete: (upload: Upload) => Promise<T>,
  ): Promise<T> {
    return this.#locks.run(uploadId, async () => {
      const upload = this.require(uploadId, key);
      const result = await complete(upload);
      this.#byId.delete(uploadId);
      await rm(join(this.folder, uploadId), { recursive: true, force: true });
      await this.blobs.release([...upload.parts.values()].map(({ blob }) => blob));
      return result;
    });
  }

  /** The open ones, by key and then by their beginning. */
  list(): Upload[] {
    return [...this.#byId.values()].sort(
      (a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)) || a.initiated - b.initiated,
    );
  }
}
