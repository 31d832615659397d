import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { asS3Error } from "./errors.ts";
import type { Answer } from "./store.ts";

/** How much of a body that nobody wants is read, and for how long, so that its sender sees the refusal. */
const LINGER_BYTES = 64 * 1024 * 1024;
const LINGER_MS = 5_000;

/** One request and its answer: what is not S3 about them. */
export class Exchange {
  readonly id = randomBytes(8).toString("hex").toUpperCase();
  #asked = false;

  constructor(
    readonly incoming: IncomingMessage,
    readonly response: ServerResponse,
    /** The client waits for 100 Continue before it sends its body. */
    private readonly waits: boolean,
  ) {
    response.setHeader("x-amz-request-id", this.id);
    response.setHeader("Server", "Patternbook");
  }

  /** The body, asked for only where somebody wants it. Leaving it early leaves the connection open. */
  readonly body = (): AsyncIterable<Buffer> => {
    this.#asked = true;
    if (this.waits) this.response.writeContinue();
    return this.#chunks();
  };

  /** The stream's own iterator destroys the connection where an error is thrown into it; this one only stops reading. */
  async *#chunks(): AsyncGenerator<Buffer> {
    for await (const chunk of this.incoming.iterator({ destroyOnReturn: false })) yield chunk;
  }

  async send({ status, headers, body }: Answer): Promise<void> {
    const { response, incoming } = this;
    if (this.waits && !this.#asked) response.setHeader("Connection", "close");
    response.writeHead(status, headers);
    if (typeof body === "object" && incoming.method !== "HEAD") {
      // A stream of objects would read sixteen batches ahead.
      await pipeline(Readable.from(body, { objectMode: false }), response);
    } else response.end(incoming.method === "HEAD" ? undefined : body);
  }

  /** Tells what is wrong, first; then reads on for a while, for a connection that is cut loses the answer. */
  async refuse(thrown: unknown): Promise<void> {
    const { response, incoming } = this;
    // The client has left, or the answer is under way: there is nobody, or no way, to tell.
    if (response.destroyed || response.headersSent || incoming.errored) {
      response.destroy();
      return;
    }
    const error = asS3Error(thrown);
    const text = error.toXml(incoming.url ?? "/", this.id);
    const isHead = incoming.method === "HEAD";
    const unread = !incoming.complete;
    if (unread) response.setHeader("Connection", "close");
    response.writeHead(error.status, {
      "Content-Type": "application/xml",
      "Content-Length": Buffer.byteLength(text),
      ...error.headers,
    });
    if (isHead) return void response.end();
    response.write(text);
    if (unread && !(this.waits && !this.#asked)) await this.#linger();
    response.end();
  }

  #linger(): Promise<void> {
    const { incoming } = this;
    return new Promise((resolve) => {
      let dropped = 0;
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(done, LINGER_MS);
      incoming.once("end", done).once("close", done);
      incoming.on("data", (chunk: Buffer) => {
        dropped += chunk.length;
        if (dropped > LINGER_BYTES) done();
      });
    });
  }
}
