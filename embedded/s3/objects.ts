import { join } from "node:path";
import type { Blob, Blobs } from "./blobs.ts";
import type { Checksum } from "./checksums.ts";
import { Locks } from "./locks.ts";
import { nameOf, readRecords, removeRecord, writeRecord } from "./records.ts";

/** What a client says about an object, to be told again with it. */
export interface Description {
  /** Content-Type, Cache-Control and so on, by lower-case name. */
  headers: Record<string, string>;
  /** x-amz-meta-*, without that prefix. */
  metadata: Record<string, string>;
}

export interface StoredObject extends Description {
  key: string;
  size: number;
  /** Without quotes. */
  etag: string;
  /** In milliseconds, whole seconds: HTTP dates have no fractions. */
  lastModified: number;
  checksum?: Checksum;
  /** The bytes, in order; a multipart object has those of its parts. */
  blobs: Blob[];
  /** Of an object that was uploaded in parts. */
  parts?: { number: number; size: number; checksum?: Checksum }[];
  /** The multipart upload it comes from: completing it again is answered alike. */
  uploadId?: string;
}

/** The objects of the bucket: in memory for listing, a file each for the next start. */
export class Objects {
  readonly #byKey = new Map<string, StoredObject>();
  readonly #locks = new Locks();
  #sorted: string[] | undefined;

  private constructor(
    private readonly folder: string,
    private readonly temporary: string,
    private readonly blobs: Blobs,
  ) {}

  static async open(dataDir: string, blobs: Blobs): Promise<Objects> {
    const objects = new Objects(join(dataDir, "objects"), join(dataDir, "tmp"), blobs);
    for (const object of await readRecords<StoredObject>(objects.folder)) {
      objects.#byKey.set(object.key, object);
      blobs.retain(object.blobs);
    }
    return objects;
  }

  get(key: string): StoredObject | undefined {
    return this.#byKey.get(key);
  }

  /**
   * Puts an object in place of the one before, and takes over the caller's hold on its blobs.
   * @param admit may throw, seeing the object before: nobody else changes the key meanwhile
   */
  async put(object: StoredObject, admit?: (before?: StoredObject) => void): Promise<void> {
    await this.#locks.run(object.key, async () => {
      const before = this.#byKey.get(object.key);
      admit?.(before);
      await writeRecord(this.#file(object.key), this.temporary, object);
      this.#byKey.set(object.key, object);
      if (!before) this.#sorted = undefined;
      else await this.blobs.release(before.blobs);
    });
  }

  /**
   * Deleting what is not there is no error.
   * @param admit may throw, seeing the object: nobody else changes the key meanwhile
   */
  async delete(key: string, admit?: (before?: StoredObject) => void): Promise<void> {
    await this.#locks.run(key, async () => {
      const before = this.#byKey.get(key);
      admit?.(before);
      if (!before) return;
      await removeRecord(this.#file(key));
      this.#byKey.delete(key);
      this.#sorted = undefined;
      await this.blobs.release(before.blobs);
    });
  }

  /** When the object was written that has been there for the longest time. */
  oldest(): number | undefined {
    let oldest: number | undefined;
    for (const { lastModified } of this.#byKey.values()) {
      oldest = Math.min(oldest ?? lastModified, lastModified);
    }
    return oldest;
  }

  /** All keys, in the order of their bytes in UTF-8. */
  keys(): readonly string[] {
    this.#sorted ??= [...this.#byKey.keys()]
      .map((key) => ({ key, bytes: Buffer.from(key) }))
      .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
      .map(({ key }) => key);
    return this.#sorted;
  }

  #file(key: string): string {
    return join(this.folder, `${nameOf(key)}.json`);
  }
}
