import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { request as httpsRequest } from "node:https";
import { sign } from "./signature.ts";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** No connection: the app has not seen the request. */
export class Refused extends Error {}
/** The connection broke before the answer was whole: the app may have done part of the work. */
export class Lost extends Error {}

interface Call {
  method: "POST" | "PUT";
  /** Canonical JSON. */
  body: string;
  signingKey?: string;
  now: number;
  signal: AbortSignal;
  /** None: a step may run for as long as it likes. */
  timeoutMs?: number;
}

const MAX_ANSWER = 32 * 1024 * 1024;

/**
 * Sends one request to an app and waits for the whole answer. By node:http: undici's fetch gives up
 * after 300 seconds without headers. A connection for each: one that was kept may break as it is used,
 * and nobody could say whether the app has seen the request.
 * @throws Refused, Lost
 */
export function send(url: string, call: Call): Promise<Answer> {
  const { method, body, signingKey, now, signal, timeoutMs } = call;
  const request = url.startsWith("https:") ? httpsRequest : httpRequest;
  const headers: Record<string, string> = {
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(body)),
    "user-agent": "inngest-embedded",
    "x-inngest-server-kind": signingKey ? "cloud" : "dev",
  };
  if (method === "PUT") headers["x-inngest-sync-kind"] = "in_band";
  if (signingKey) headers["x-inngest-signature"] = sign(body, signingKey, now);

  return new Promise((resolve, reject) => {
    let connected = false;
    const fail = (error: Error) =>
      reject(
        connected
          ? new Lost(error.message, { cause: error })
          : new Refused(error.message, { cause: error }),
      );
    const sent = request(url, { method, headers, agent: false, signal }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_ANSWER) response.destroy(new Error("The answer is larger than 32 MiB."));
        else chunks.push(chunk);
      });
      response.once("error", fail);
      response.once("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString("utf8"),
        }),
      );
    });
    sent.once("socket", (socket) => {
      socket.setKeepAlive(true, 10_000);
      socket.once(url.startsWith("https:") ? "secureConnect" : "connect", () => {
        connected = true;
      });
    });
    if (timeoutMs) sent.setTimeout(timeoutMs, () => sent.destroy(new Error("No answer in time.")));
    sent.once("error", fail);
    sent.end(body);
  });
}
