import { Middleware, NonRetriableError } from "inngest";
import { pool } from "@/lib/db/pool";
import { UNFLUSHED } from "../unflushed";
import { challenge } from "./signature";
import { inTurn } from "./turns";

/**
 * Takes each signed call once. A signature is good for five minutes wherever it comes from; what was
 * overheard would run a step again. Looked up when the SDK has checked the signature and is about to
 * run the function, so that only Inngest's own calls reach the table, which all instances share. Two
 * calls are never signed alike: each has an id (`ctx.qi_id`).
 */
export class RefuseReplays extends Middleware.BaseMiddleware {
  readonly id = "refuse-replays";
  // The SDK makes one of us for each request.
  #signature: string | null = null;
  #isReplay = false;

  override async wrapRequest({ next, requestArgs }: Middleware.WrapRequestArgs) {
    const request = requestArgs.find((arg) => arg instanceof Request);
    this.#signature = request?.headers.get("x-inngest-signature") ?? null;
    const response = await next();
    return this.#isReplay ? { ...response, ...refused } : response;
  }

  override async wrapFunctionHandler({ next }: Middleware.WrapFunctionHandlerArgs) {
    this.#isReplay = this.#signature !== null && !(await isFirst(this.#signature));
    if (this.#isReplay) throw new NonRetriableError("This call was taken before.");
    return next();
  }
}

const refused = {
  status: 401,
  headers: { "content-type": "application/problem+json", ...challenge },
  body: JSON.stringify({
    type: "/problems/replayed-call",
    title: "Replayed call",
    status: 401,
    detail: "This signed call was taken before. Sign another one.",
  }),
};

/** Need not wait for the disk: what the call does is committed after it, and never survives without it. */
async function isFirst(signature: string): Promise<boolean> {
  const { rowCount } = await inTurn(() =>
    pool().query(
      `WITH ${UNFLUSHED}
       INSERT INTO inngest_call (signature) SELECT $1 FROM unflushed ON CONFLICT DO NOTHING`,
      [signature],
    ),
  );
  return rowCount === 1;
}
