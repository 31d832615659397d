import { Middleware } from "inngest";
import { pool } from "@/lib/db/pool";

/**
 * Takes each signed call once. A signature is good for five minutes wherever it comes from; what was
 * overheard would run a step again. Runs after the SDK has checked the signature, so that only
 * Inngest's own calls reach the table, and holds for all instances.
 */
export class RefuseReplays extends Middleware.BaseMiddleware {
  readonly id = "refuse-replays";

  override async wrapRequest({ next, requestArgs }: Middleware.WrapRequestArgs) {
    const request = requestArgs[0] as Request;
    const signature = request.headers.get("x-inngest-signature");
    if (signature && !(await isFirst(signature))) return refused;
    return next();
  }
}

const refused: Middleware.Response = {
  status: 401,
  headers: { "content-type": "application/problem+json" },
  body: JSON.stringify({
    type: "/problems/replayed-call",
    title: "Replayed call",
    status: 401,
    detail: "This signed call was taken before. Sign another one.",
  }),
};

async function isFirst(signature: string): Promise<boolean> {
  const { rowCount } = await pool().query(
    "INSERT INTO inngest_call (signature) VALUES ($1) ON CONFLICT DO NOTHING",
    [signature],
  );
  return rowCount === 1;
}
