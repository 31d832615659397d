import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client, type S3ClientConfig, type S3ServiceException } from "@aws-sdk/client-s3";
import { type EmbeddedS3, type S3Options, startS3 } from "./index.ts";

export const accessKeyId = "AKIDEXAMPLE";
export const secretAccessKey = "a secret/for+tests";
export const Bucket = "bucket";
export const origin = "http://localhost:3000";

/** An endpoint over a folder of its own, which can be stopped, started again, and counted. */
export interface Endpoint {
  readonly url: string;
  readonly dataDir: string;
  client(config?: S3ClientConfig): S3Client;
  restart(options?: Partial<S3Options>): Promise<void>;
  /** The files that are there, by folder. */
  files(): Promise<Record<"blobs" | "objects" | "uploads" | "tmp", number>>;
  stop(): Promise<void>;
}

export async function startEndpoint(options: Partial<S3Options> = {}): Promise<Endpoint> {
  const dataDir = await mkdtemp(join(tmpdir(), "patternbook-s3-"));
  const clients: S3Client[] = [];
  const start = (more: Partial<S3Options> = {}): Promise<EmbeddedS3> =>
    startS3({
      dataDir,
      port: 0,
      accessKeyId,
      secretAccessKey,
      bucket: Bucket,
      allowedOrigins: [origin],
      ...options,
      ...more,
    });
  let server = await start();
  return {
    get url() {
      return server.endpoint;
    },
    dataDir,
    client(config) {
      const client = clientOf(server.endpoint, config);
      clients.push(client);
      return client;
    },
    async restart(more) {
      await server.stop();
      const port = Number(new URL(server.endpoint).port);
      server = await start({ port, ...more });
    },
    async files() {
      const count = async (folder: string) => {
        const all = await readdir(join(dataDir, folder), { recursive: true, withFileTypes: true });
        return all.filter((entry) => entry.isFile()).length;
      };
      const [blobs, objects, uploads, tmp] = await Promise.all(
        ["blobs", "objects", "uploads", "tmp"].map(count),
      );
      return { blobs: blobs ?? 0, objects: objects ?? 0, uploads: uploads ?? 0, tmp: tmp ?? 0 };
    },
    async stop() {
      for (const client of clients) client.destroy();
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export function clientOf(endpoint: string, config: S3ClientConfig = {}): S3Client {
  return new S3Client({
    endpoint,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
    ...config,
  });
}

/** The code and the status of what the SDK throws. */
export async function refusal(promise: Promise<unknown>): Promise<[string, number | undefined]> {
  const error = await promise.then(
    () => {
      throw new Error("It was not refused.");
    },
    (thrown: S3ServiceException) => thrown,
  );
  return [error.name, error.$metadata?.httpStatusCode];
}

/** The code and the status of a refusal on the wire. */
export async function refusalOf(response: Response): Promise<[string | undefined, number]> {
  return [/<Code>(\w+)<\/Code>/.exec(await response.text())?.[1], response.status];
}

/** Bytes that differ everywhere, the same for the same seed. */
export function bytes(size: number, seed = 1): Buffer {
  const buffer = Buffer.alloc(size);
  let state = seed;
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    buffer[i] = state >>> 24;
  }
  return buffer;
}
