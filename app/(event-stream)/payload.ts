import { HttpError } from "@/lib/http";
import { eventLimits } from "./contract";

/**
 * Refuses a payload that is too large, or nested so deep that what recurses over it breaks.
 * @throws HttpError 400 (too deep), 413 (too large)
 */
export function assertPayload(payload: unknown): void {
  const { payloadBytes, payloadDepth } = eventLimits;
  if (depthOf(payload, payloadDepth) > payloadDepth)
    throw new HttpError(400, "too-deep", `A payload nests at most ${payloadDepth} deep.`);
  if (Buffer.byteLength(JSON.stringify(payload)) > payloadBytes)
    throw new HttpError(413, "too-large", `A payload has at most ${payloadBytes} bytes of JSON.`);
}

/** How deep arrays and objects nest; looks no further than just past the bound. */
function depthOf(value: unknown, bound: number): number {
  let level = [value].filter(isNested);
  let depth = 0;
  while (level.length > 0 && depth++ <= bound)
    level = level.flatMap((one) => Object.values(one)).filter(isNested);
  return depth;
}

const isNested = (value: unknown): value is object => typeof value === "object" && value !== null;
