import { createHash, randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { request } from "node:http";
import {
  DeleteObjectCommand,
  HeadObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { createPresigner } from "../../app/(uploads)/store/presign.ts";
import type { Running, Stage } from "../lab/stage.ts";
import { cpuMs, residentMiB, watchMemory } from "../lab/usage.ts";
import type { Sample, Suite } from "../suite.ts";

const MiB = 1024 * 1024;
const block = randomBytes(MiB);
const boundary = "frontier";
const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n`;
const tail = `\r\n--${boundary}--\r\n`;

const units = { throughput: "MB/s", "memory over idle": "MiB", "CPU a MiB": "ms" };
/** What is asked of a route is its SHA-256, of every one of them. */
const [ours, naive] = ["streaming route", "node:http pipeline"] as const;
/** One PUT as well, of batches of 1 MiB. */
const tuned = "node:http, 1 MiB batches";
/** Bytes from socket to socket, and nothing else. */
const floor = "bare pipe, no digest";
/** The cheat sheet's streaming upload: to a file, not to the store. */
const fastapi = "FastAPI";

export const suite: Suite = {
  name: "uploads",
  what: "what a byte costs on its way to the store: digest, quota and clean end, against a pipeline with a digest.",
  growth: [
    { figure: "throughput", sizes: "MiB", among: "raw PUT" },
    { figure: "memory over idle", sizes: "MiB", among: "raw PUT" },
    { figure: "throughput", sizes: "MiB", among: "multipart form" },
  ],
  async run(stage, measure) {
    const store = clientOf(stage);
    const application = await stage.application({ UPLOAD_QUOTA_BYTES: String(1024 * 1024 * MiB) });
    const pipe = await stage.peer("upload-pipe");
    const python = await stage.fastapi("upload");
    const token = await newToken(application);
    const through = (form: boolean, mib: number) => toApplication(application, token, form, mib);
    const past = (form: boolean, mib: number, more: Record<string, string> = {}) =>
      toPipe({ stage, pipe, store, more }, form, mib);
    try {
      const warm = stage.quick ? 64 : 256;
      for (let n = 0; n < 3; n++) await through(n === 1, warm);
      for (let n = 0; n < 2; n++) await past(n === 1, warm);
      // The large ones last: what the disk still has to write then is in nobody else's time.
      for (const mib of stage.quick ? [64] : [64, 256, 1024, 5000])
        for (const form of [false, true].filter((form) => (form ? mib < 2_000 : mib !== 256)))
          await measure({
            name: `${form ? "multipart form" : "raw PUT"} of ${mib} MiB`,
            size: mib,
            units,
            subjects: {
              [ours]: () => through(form, mib),
              [naive]: () => past(form, mib),
              ...(!form && mib < 2_000 && { [floor]: () => past(form, mib, { "x-bare": "1" }) }),
              ...(!form && mib < 2_000 && { [tuned]: () => past(form, mib, { "x-batched": "1" }) }),
              ...(form && python && { [fastapi]: () => toFastapi(python, mib) }),
            },
            ratios: [
              { figure: "throughput", of: ours, to: naive, atLeast: 0.9 },
              { figure: "throughput", of: ours, to: tuned },
              { figure: "throughput", of: ours, to: floor },
              { figure: "throughput", of: ours, to: fastapi, atLeast: 1.8, stretch: 2.8 },
            ],
            targets: [{ figure: "memory over idle", of: ours, atMost: 32 }],
            ...(mib > 1_000 && { rounds: mib > 2_000 ? 1 : 2 }),
          });
      // A server has signed before: not what compiling it costs.
      signBatch(stage);
      await measure({
        name: "1,000 part addresses",
        units: { time: "ms" },
        // They sign in this process: what it used is their work, and no generator's.
        subjects: {
          "batch signer": async () => ({ ...signBatch(stage), generator: 0 }),
          SDK: async () => ({ ...(await signBySdk(store)), generator: 0 }),
        },
        ratios: [{ figure: "time", of: "batch signer", to: "SDK" }],
        targets: [{ figure: "time", of: "batch signer", atMost: 500, stretch: 20 }],
      });
    } finally {
      await Promise.all([application.stop(), pipe.stop(), python?.stop()]);
      store.destroy();
    }
  },
};

const clientOf = ({ env }: Stage) =>
  new S3Client({
    ...{ endpoint: env.S3_ENDPOINT, region: env.S3_REGION, forcePathStyle: true },
    credentials: {
      accessKeyId: env.AWS_ACCESS_KEY_ID ?? "",
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? "",
    },
    requestChecksumCalculation: "WHEN_REQUIRED",
  });

async function newToken({ base }: Running): Promise<string> {
  const response = await fetch(`${base}/api/session`, {
    ...{ method: "POST", body: JSON.stringify({ bearer: true }) },
    headers: { "content-type": "application/json" },
  });
  return ((await response.json()) as { token: string }).token;
}

async function toApplication(server: Running, token: string, form: boolean, mib: number) {
  const authorization = `Bearer ${token}`;
  const { sample, status, body } = await send(server, form, mib, {
    ...{ path: "/api/uploads/streaming", headers: { authorization } },
  });
  const upload = JSON.parse(body);
  if (status !== 201 || upload.size !== mib * MiB || upload.sha256 !== digestOf(mib))
    throw new Error(`The upload is another one: ${status} ${body}`);
  const path = `${server.base}/api/uploads/${upload.id}`;
  await fetch(path, { method: "DELETE", headers: { authorization } });
  return sample;
}

interface Pipe {
  stage: Stage;
  pipe: Running;
  store: S3Client;
  /** Headers that choose another way. */
  more: Record<string, string>;
}

async function toPipe({ stage, pipe, store, more }: Pipe, form: boolean, mib: number) {
  const [Bucket, Key] = [stage.env.S3_BUCKET, `bench/${randomUUID()}`];
  const headers = { "x-key": Key, "x-file-bytes": String(mib * MiB), ...more };
  const { sample, status, body } = await send(pipe, form, mib, { path: "/", headers });
  const { ContentLength } = await store.send(new HeadObjectCommand({ Bucket, Key }));
  const digest = more["x-bare"] ? body : digestOf(mib);
  if (status !== 200 || ContentLength !== mib * MiB || body !== digest)
    throw new Error(`The object is another one: ${status}, ${ContentLength} bytes`);
  await store.send(new DeleteObjectCommand({ Bucket, Key }));
  return sample;
}

async function toFastapi(python: Running, mib: number): Promise<Sample> {
  const { sample, status, body } = await send(python, true, mib, {
    path: "/upload/large",
    headers: {},
  });
  if (status !== 200 || JSON.parse(body).size !== mib * MiB)
    throw new Error(`The file is another one: ${status} ${body}`);
  return sample;
}

/** Sends so many blocks as fast as they are taken, and looks at the server meanwhile. */
async function send(
  server: Running,
  form: boolean,
  mib: number,
  options: { path: string; headers: Record<string, string> },
): Promise<{ sample: Sample; status: number; body: string }> {
  const [idle, cpu] = [residentMiB(server.pid), cpuMs(server.pid)];
  const peak = watchMemory(server.pid);
  const length = mib * MiB + (form ? head.length + tail.length : 0);
  const type = form ? `multipart/form-data; boundary=${boundary}` : "application/octet-stream";
  const begun = performance.now();
  const out = request(server.base + options.path, {
    ...{ method: form ? "POST" : "PUT", agent: false },
    headers: { ...options.headers, "content-type": type, "content-length": length },
  });
  const answered = once(out, "response");
  if (form) out.write(head);
  for (let n = 0; n < mib; n++) if (!out.write(block)) await once(out, "drain");
  out.end(form ? tail : undefined);
  const [response] = await answered;
  let body = "";
  for await (const chunk of response.setEncoding("utf8")) body += chunk;
  const seconds = (performance.now() - begun) / 1_000;
  const sample = {
    throughput: (mib * MiB) / 1e6 / seconds,
    "memory over idle": peak() - idle,
    "CPU a MiB": (cpuMs(server.pid) - cpu) / mib,
  };
  return { sample, status: response.statusCode, body };
}

const digests = new Map<number, string>();
function digestOf(mib: number): string {
  const known = digests.get(mib);
  if (known) return known;
  const hash = createHash("sha256");
  for (let n = 0; n < mib; n++) hash.update(block);
  const digest = hash.digest("base64");
  digests.set(mib, digest);
  return digest;
}

const parts = Array.from({ length: 1_000 }, (_, n) => n + 1);

function signBatch({ env }: Stage): Sample {
  const begun = performance.now();
  const presign = createPresigner({
    ...{ endpoint: env.S3_ENDPOINT ?? "", region: env.S3_REGION ?? "" },
    accessKeyId: env.AWS_ACCESS_KEY_ID ?? "",
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? "",
  });
  const urls = parts.map((number) =>
    presign({
      ...{ method: "PUT", bucket: "b", key: "u/1/2", expiresIn: 900 },
      query: { partNumber: String(number), uploadId: "id" },
      headers: { "content-length": "8388608" },
    }),
  );
  const time = performance.now() - begun;
  if (new Set(urls).size !== parts.length) throw new Error("Addresses are missing.");
  return { time };
}

async function signBySdk(store: S3Client): Promise<Sample> {
  const begun = performance.now();
  for (const PartNumber of parts)
    await getSignedUrl(
      store,
      new UploadPartCommand({
        ...{ Bucket: "b", Key: "u/1/2", UploadId: "id", PartNumber, ContentLength: 8_388_608 },
      }),
      { expiresIn: 900, signableHeaders: new Set(["content-length"]) },
    );
  return { time: performance.now() - begun };
}
