import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import busboy from "busboy";
import { createPresigner } from "../../app/(uploads)/store/presign.ts";

// The same from nothing but node:http: pipes what comes to the store, in one PUT of the length that the
// client says, and answers its SHA-256. It keeps no row and takes the client's word for everything; by X-Bare
// it does not even hash, and is the floor.

const presign = createPresigner({
  endpoint: process.env.S3_ENDPOINT ?? "",
  region: process.env.S3_REGION ?? "us-east-1",
  accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? "",
  secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? "",
});

const BATCH_BYTES = 1024 * 1024;

/** @returns the status of the store's answer */
function storeRequest(key: string, bytes: string) {
  const headers = { "content-length": bytes };
  const bucket = process.env.S3_BUCKET ?? "";
  const url = presign({ method: "PUT", bucket, key, headers, expiresIn: 900 });
  const out = request(url, { method: "PUT", headers });
  const status = new Promise<number>((resolve, reject) =>
    out.once("error", reject).once("response", (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    }),
  );
  return { out, status };
}

/** Fewer, larger writes: the pipeline as one tunes it. */
async function* inBatches(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let batch: Buffer[] = [];
  let size = 0;
  for await (const chunk of source) {
    batch.push(chunk);
    size += chunk.length;
    if (size < BATCH_BYTES) continue;
    yield Buffer.concat(batch, size);
    batch = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(batch, size);
}

async function receive(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const { out, status } = storeRequest(
    String(incoming.headers["x-key"]),
    String(incoming.headers["x-file-bytes"]),
  );
  const hash = createHash("sha256");
  const digest = (file: Readable) => {
    if (!incoming.headers["x-bare"]) file.on("data", (chunk) => hash.update(chunk));
    return file;
  };
  if (incoming.headers["x-batched"]) await pipeline(digest(incoming), inBatches, out);
  else if (incoming.method === "PUT") await pipeline(digest(incoming), out);
  else {
    const form = busboy({ headers: incoming.headers });
    form.on("file", (_name, file) => digest(file).pipe(out));
    await pipeline(incoming, form);
  }
  response.writeHead(await status).end(hash.digest("base64"));
}

createServer((incoming, response) => void receive(incoming, response)).listen(
  Number(process.env.PORT),
  "127.0.0.1",
  () => process.send?.("listening"),
);
