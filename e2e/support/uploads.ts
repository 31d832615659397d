import { createHash, randomBytes } from "node:crypto";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { ListMultipartUploadsCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { type Upload, type UploadList, upload, uploadList } from "../../app/(uploads)/contract";
import { A, expect } from "../fixtures";
import { call, type Guest } from "./guest";

export const MiB = 1024 * 1024;

export const sha256 = (bytes: Uint8Array | string) =>
  createHash("sha256").update(bytes).digest("base64");
export const noise = (size: number) => randomBytes(size);

/** The smallest of pictures. */
export const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** An object store, and who may use it. */
export interface Store {
  endpoint: string;
  region: string;
  bucket: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}

/** The store of the demo under test. */
export const demoStore: Store = {
  endpoint: process.env.S3_ENDPOINT ?? "",
  region: process.env.S3_REGION || "us-east-1",
  bucket: process.env.S3_BUCKET ?? "",
  credentials: {
    accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? "",
    secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? "",
  },
};

const clients = new Map<Store, S3Client>();
function clientOf(store: Store): S3Client {
  const { bucket, ...options } = store;
  const client = clients.get(store) ?? new S3Client({ ...options, forcePathStyle: true });
  clients.set(store, client);
  return client;
}

/** A guest of the application over some store: the demo's where none is named. */
export interface UploadsGuest extends Guest {
  store?: Store;
}

/** What the store has of a user: objects, and uploads in parts that were not completed. */
export async function inStore({ userId, store = demoStore }: UploadsGuest) {
  const client = clientOf(store);
  const under = { Bucket: store.bucket, Prefix: `u/${userId}/` };
  const { Contents = [] } = await client.send(new ListObjectsV2Command(under));
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand(under));
  return { objects: Contents.length, uploads: Uploads.length };
}

/** What the table has of a user, pending ones included. */
export async function inTable(guest: Guest): Promise<UploadList> {
  const response = await call("/api/uploads?limit=100", { guest });
  expect(response.status).toBe(200);
  return uploadList.parse(await response.json());
}

/** No object, no part, no row, nothing of the quota. */
export async function expectNothing(guest: UploadsGuest): Promise<void> {
  // Together: a request that is still on its way may reserve between two looks.
  const rows = async () => {
    const { items, quota } = await inTable(guest);
    return { rows: items.length, usedBytes: quota.usedBytes };
  };
  await expect.poll(rows, { timeout: 15_000 }).toEqual({ rows: 0, usedBytes: 0 });
  await expect.poll(() => inStore(guest)).toEqual({ objects: 0, uploads: 0 });
}

/** A form with one file, written by hand: names and types exactly as they are given. */
export function rawForm(
  file: { name: string; type?: string; bytes: Uint8Array | string },
  boundary = "frontier",
): Buffer {
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${file.name}"\r\n`;
  const type = file.type ? `Content-Type: ${file.type}\r\n` : "";
  return Buffer.concat([
    Buffer.from(`${head}${type}\r\n`),
    Buffer.from(file.bytes),
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
}

export const formType = "multipart/form-data; boundary=frontier";

export const postForm = (guest: Guest, lane: "simple" | "streaming", body: Uint8Array) =>
  call(`/api/uploads/${lane}`, {
    ...{ method: "POST", guest, body: body as BodyInit },
    headers: { "content-type": formType },
  });

export const putFile = (
  guest: Guest,
  bytes: Uint8Array,
  { name = "file.bin", headers = {} }: { name?: string; headers?: Record<string, string> } = {},
) =>
  call(`/api/uploads/streaming?name=${encodeURIComponent(name)}`, {
    ...{ method: "PUT", guest, body: bytes as BodyInit, headers },
  });

/** 201, and the upload. */
export async function created(response: Response): Promise<Upload> {
  const body = await response.text();
  expect(`${response.status} ${body}`).toMatch(/^201 /);
  return upload.parse(JSON.parse(body));
}

/** The status and the kind of a problem. */
export async function problemOf(response: Response): Promise<[number, string]> {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const { type } = (await response.json()) as { type: string };
  return [response.status, type.replace("/problems/", "")];
}

/** A request of which every byte is ours: what it declares need not be what it sends. */
export function open(
  guest: Guest,
  path: string,
  headers: Record<string, string>,
  method = "PUT",
  base = guest.base ?? A,
) {
  const { hostname, port } = new URL(base);
  const out: ClientRequest = request({
    ...{ hostname, port, path, method, agent: false },
    headers: { authorization: `Bearer ${guest.token}`, ...headers },
  });
  const answer = new Promise<{ status: number; body: string; headers: IncomingMessage["headers"] }>(
    (resolve, reject) => {
      out.on("error", reject);
      out.on("response", (response) => {
        let body = "";
        response.on("data", (chunk) => {
          body += chunk;
        });
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, body, headers: response.headers }),
        );
        response.on("error", reject);
      });
    },
  );
  return { out, answer };
}

/** The bytes of an upload, through the application. */
export const content = (
  guest: Guest,
  id: string,
  headers: Record<string, string> = {},
  method = "GET",
) => call(`/api/uploads/${id}/content`, { guest, headers, method });

export const post = (guest: Guest, path: string, body?: unknown) =>
  call(path, { method: "POST", guest, ...(body !== undefined && { body: JSON.stringify(body) }) });

/** How a store refuses: the status, and the code of its error. */
export const codeOf = async (response: Response) =>
  [response.status, /<Code>(\w+)</.exec(await response.text())?.[1]] as const;
