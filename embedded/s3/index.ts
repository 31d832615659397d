import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { parseTarget } from "./canonical.ts";
import { corsHeaders, preflight } from "./cors.ts";
import { Exchange } from "./exchange.ts";
import { postObject } from "./post-object.ts";
import { S3Request, splitPath } from "./request.ts";
import { requireBucket, route } from "./router.ts";
import { type Account, authenticate } from "./sigv4.ts";
import { type Answer, openStore } from "./store.ts";

/** Who the application is to the embedded endpoint. The id of a key is no secret. */
export const ACCESS_KEY_ID = "patternbook";
export const BUCKET = "patternbook";
export const REGION = "us-east-1";

export interface S3Options {
  /** The folder for objects and open uploads. One process at a time. */
  dataDir: string;
  /** 0: any free one. */
  port: number;
  accessKeyId: string;
  secretAccessKey: string;
  bucket: string;
  region?: string;
  /** Origins whose pages may send requests, which must be signed all the same. */
  allowedOrigins?: readonly string[];
  now?: () => Date;
}

export interface EmbeddedS3 {
  /** `http://127.0.0.1:<port>`; addresses are path-style below it. */
  endpoint: string;
  /** Cuts what is open, and waits until it has cleaned up. Idempotent. */
  stop(): Promise<void>;
}

/** A connection that neither sends nor takes anything for so long is closed. */
const IDLE_MS = 120_000;

/** An S3 endpoint on loopback in front of a folder. README.md says what it does and what it refuses. */
export async function startS3(options: S3Options): Promise<EmbeddedS3> {
  const { dataDir, port, bucket, region = REGION, allowedOrigins = [] } = options;
  const now = options.now ?? (() => new Date());
  const account: Account = { ...options, region, now };
  const store = await openStore(dataDir, { bucket, region, allowedOrigins, now });

  async function answer(exchange: Exchange): Promise<Answer> {
    const { incoming, body } = exchange;
    if (incoming.method === "OPTIONS") return preflight(incoming, allowedOrigins);
    const target = parseTarget(incoming.url ?? "/");
    const place = splitPath(target.path);
    const contentType = incoming.headers["content-type"] ?? "";
    if (incoming.method === "POST" && !place.key && /^multipart\/form-data/i.test(contentType)) {
      const address = `http://${incoming.headers.host}/${bucket}`;
      requireBucket(place.bucket, bucket);
      return postObject({ contentType, address, body }, store, account);
    }
    const signable = {
      ...target,
      method: incoming.method ?? "GET",
      headers: incoming.headersDistinct,
    };
    const verified = authenticate(signable, account);
    const request = new S3Request(incoming, signable, verified, place.bucket, place.key, body);
    return route(request, bucket)(request, store);
  }

  async function handle(exchange: Exchange): Promise<void> {
    const { incoming, response } = exchange;
    for (const [name, value] of Object.entries(corsHeaders(incoming, allowedOrigins))) {
      response.setHeader(name, value);
    }
    try {
      await exchange.send(await answer(exchange));
    } catch (error) {
      await exchange.refuse(error);
    }
  }

  const open = new Set<Promise<void>>();
  const serve = (waits: boolean) => (incoming: IncomingMessage, response: ServerResponse) => {
    const work = handle(new Exchange(incoming, response, waits))
      .catch((error: unknown) => {
        console.error("s3:", error);
        response.destroy();
      })
      .finally(() => open.delete(work));
    open.add(work);
  };
  const server = createServer(serve(false)).on("checkContinue", serve(true));
  // A large upload takes as long as it takes, as long as bytes arrive.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 60_000;
  server.setTimeout(IDLE_MS);
  server.listen(port, "127.0.0.1");
  await once(server, "listening");

  let stopping: Promise<void> | undefined;
  const stop = async () => {
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
    await Promise.all(open);
  };
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}
