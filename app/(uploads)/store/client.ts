import { Agent } from "node:http";
import { Agent as SecureAgent } from "node:https";
import { S3Client } from "@aws-sdk/client-s3";
import { env } from "@/lib/env";
import { storeEndpoint } from "@/lib/object-store";
import { remember } from "@/lib/remember";
import { ATTEMPT_MS } from "./ask";

/** Requests to the store at once, from this process. */
const MAX_SOCKETS = 64;

/** The process's client of the object store. */
export const store = (): S3Client =>
  remember("store", () => {
    const pool = { keepAlive: true, maxSockets: MAX_SOCKETS };
    const client = new S3Client({
      endpoint: storeEndpoint(),
      region: env().S3_REGION,
      // Works with every store: a bucket as part of the host needs DNS.
      forcePathStyle: true,
      credentials: credentials(),
      maxAttempts: 3,
      // Otherwise the CRC32 of an empty body is signed into presigned addresses, and fails there.
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
      requestHandler: {
        connectionTimeout: 2_000,
        // Until an answer begins: a store that hangs is a store that fails.
        requestTimeout: ATTEMPT_MS,
        throwOnRequestTimeout: true,
        // Between two events of a socket, while bytes are on their way.
        socketTimeout: 30_000,
        httpAgent: new Agent(pool),
        httpsAgent: new SecureAgent(pool),
      },
    });
    // Parts carry a CRC32 that the store verifies. Over http the SDK would also sign a SHA-256 of
    // each: every byte hashed twice more, here and there.
    client.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          const { headers } = args.request as { headers: Record<string, string> };
          if (commandName === "UploadPartCommand")
            headers["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD";
          return next(args);
        },
      { step: "build", name: "unsignedParts" },
    );
    return client;
  });

export const bucket = () => env().S3_BUCKET;

/** The key pair; what is signed with it never leaves the server but as a signature. */
export function credentials() {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = env();
  return { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
}
