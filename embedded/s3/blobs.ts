import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/** A run of bytes on the disk. Its name is random: no key, no client, no upload has a say in it. */
export interface Blob {
  id: string;
  size: number;
}

/** What is gathered before it is written; twice as much is held at most, for each upload. */
const BATCH = 1024 * 1024;

/**
 * Files of bytes with a count of who needs each: objects, parts, copies and readers. The last one to let go
 * removes the file; what nobody needs after a start, because of a crash, `sweep` removes.
 */
export class Blobs {
  readonly #users = new Map<string, number>();
  /** The bytes held for writing now, and the most there have been. */
  readonly held = { now: 0, peak: 0 };

  private constructor(
    private readonly dir: string,
    private readonly temporary: string,
  ) {}

  static async open(dataDir: string): Promise<Blobs> {
    const blobs = new Blobs(join(dataDir, "blobs"), join(dataDir, "tmp"));
    await rm(blobs.temporary, { recursive: true, force: true });
    await mkdir(blobs.temporary, { recursive: true });
    for (let i = 0; i < 256; i++) await mkdir(join(blobs.dir, hex(i)), { recursive: true });
    return blobs;
  }

  #file(id: string): string {
    return join(this.dir, id.slice(0, 2), id);
  }

  /** Writes all of it, durably, or leaves nothing. The caller needs the blob until it says `release`. */
  async write(source: AsyncIterable<Buffer>): Promise<Blob> {
    const id = randomUUID();
    const draft = join(this.temporary, id);
    const file = await open(draft, "wx", 0o600);
    try {
      const size = await this.#fill(file, source);
      await file.datasync();
      await file.close();
      await rename(draft, this.#file(id));
      this.#users.set(id, 1);
      return { id, size };
    } catch (error) {
      await file.close();
      await rm(draft, { force: true });
      throw error;
    }
  }

  /** Writes one batch while the next one arrives. */
  async #fill(file: FileHandle, source: AsyncIterable<Buffer>): Promise<number> {
    let batch: Buffer[] = [];
    let gathered = 0;
    let size = 0;
    let writing: Promise<unknown> = Promise.resolve();
    const flush = async () => {
      const failure = await writing;
      if (failure) throw failure;
      const [chunks, bytes] = [batch, gathered];
      [batch, gathered] = [[], 0];
      // Its failure is a value until the next batch asks: a rejection would be nobody's until then.
      writing = writeAll(file, chunks)
        .then(
          () => undefined,
          (error: unknown) => error,
        )
        .finally(() => this.#hold(-bytes));
    };
    try {
      for await (const chunk of source) {
        batch.push(chunk);
        gathered += chunk.length;
        size += chunk.length;
        this.#hold(chunk.length);
        if (gathered >= BATCH) await flush();
      }
      await flush();
      const failure = await writing;
      if (failure) throw failure;
      return size;
    } finally {
      await writing;
      this.#hold(-gathered);
    }
  }

  #hold(bytes: number): void {
    this.held.now += bytes;
    this.held.peak = Math.max(this.held.peak, this.held.now);
  }

  retain(blobs: readonly Blob[]): void {
    for (const { id } of blobs) this.#users.set(id, (this.#users.get(id) ?? 0) + 1);
  }

  /** Never fails: a file that cannot be removed is left to the next start, for what is done is done. */
  async release(blobs: readonly Blob[]): Promise<void> {
    for (const { id } of blobs) {
      const users = (this.#users.get(id) ?? 0) - 1;
      if (users > 0) {
        this.#users.set(id, users);
        continue;
      }
      this.#users.delete(id);
      await rm(this.#file(id), { force: true }).catch((error) => console.error("s3:", error));
    }
  }

  /** The bytes from `start` up to, not including, `end`, of blobs one after the other. */
  async *read(blobs: readonly Blob[], start: number, end: number): AsyncGenerator<Buffer> {
    this.retain(blobs);
    try {
      let offset = 0;
      for (const { id, size } of blobs) {
        const from = Math.max(start - offset, 0);
        const to = Math.min(end - offset, size);
        offset += size;
        if (from >= to) continue;
        const file = await open(this.#file(id), "r");
        // Closes the file at its end, and when the reader leaves.
        yield* file.createReadStream({ start: from, end: to - 1, highWaterMark: BATCH });
      }
    } finally {
      await this.release(blobs);
    }
  }

  /** Removes what nobody has retained: once, after a start. Answers how many. */
  async sweep(): Promise<number> {
    let removed = 0;
    for (let i = 0; i < 256; i++) {
      for (const id of await readdir(join(this.dir, hex(i)))) {
        if (this.#users.has(id)) continue;
        await rm(this.#file(id), { force: true });
        removed++;
      }
    }
    return removed;
  }
}

const hex = (byte: number) => byte.toString(16).padStart(2, "0");

async function writeAll(file: FileHandle, chunks: Buffer[]): Promise<void> {
  const total = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  if (total === 0) return;
  const { bytesWritten } = await file.writev(chunks);
  // A disk that is nearly full takes a part; writing the rest says why.
  if (bytesWritten < total) await file.appendFile(Buffer.concat(chunks).subarray(bytesWritten));
}
