import { presigned } from "../../app/(uploads)/contract";
import { expect } from "../fixtures";
import type { Guest } from "./guest";
import { post } from "./uploads";

/** Leave to send a file straight to the store. */
export type Grant = ReturnType<typeof presigned.parse>;

export async function grant(guest: Guest, announced: object): Promise<Grant> {
  const response = await post(guest, "/api/uploads/presigned", announced);
  expect(response.status).toBe(201);
  return presigned.parse(await response.json());
}

/** Sends a file by the PUT that was granted. */
export function sendPut(
  { send }: Grant,
  body: string | Uint8Array,
  change: Record<string, string> = {},
): Promise<Response> {
  if (send.method !== "PUT") throw new Error("no PUT");
  const headers = { ...send.headers, "content-length": String(body.length), ...change };
  return fetch(send.url, { method: "PUT", body: body as BodyInit, headers });
}
