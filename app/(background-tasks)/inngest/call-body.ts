import { HttpError } from "@/lib/http";

/**
 * Refuses the body of a call that the SDK would fail on: its JSON is an object. A registration that
 * Inngest does not make itself has none.
 * @throws HttpError 400
 */
export function assertCallBody(method: "PUT" | "POST", body: string, headers: Headers): void {
  const isInBand = headers.get("x-inngest-sync-kind")?.toLowerCase() === "in_band";
  if (method === "PUT" && body === "" && !isInBand) return;
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new HttpError(400, "invalid-json", "The body is not JSON.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new HttpError(400, "invalid-body", "The body of a call is a JSON object.");
}
