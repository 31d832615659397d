import { z } from "zod";
import { lineOfText } from "@/lib/text";

export const sessionLimits = {
  nameCharacters: 40,
  /** New guests from one address in an hour; GUESTS_PER_ADDRESS sets another. Beyond it: 429. */
  guestsPerAddress: 60,
} as const;

/** GUESTS_PER_ADDRESS are counted in this time, in milliseconds. */
export const newGuestsWindowMs = 3_600_000;

/** `POST /api/session`. */
export const sessionRequest = z.strictObject({
  /** The display name; without one the guest is given one, or keeps theirs. */
  name: lineOfText(sessionLimits.nameCharacters).optional(),
  /** For programs: a new guest, whose token comes in the body and not as a cookie. */
  bearer: z.boolean().default(false),
});

export const sessionResponse = z.object({
  userId: z.uuid(),
  name: z.string(),
  expiresAt: z.iso.datetime(),
  /** Only where `bearer` was asked for. */
  token: z.string().optional(),
});
export type SessionResponse = z.infer<typeof sessionResponse>;
