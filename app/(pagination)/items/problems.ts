import { HttpError } from "@/lib/http";

/** 400 for a parameter whose value is of the right form, and wrong all the same. */
export const invalidParameter = (field: string, message: string) =>
  new HttpError(400, "invalid-parameter", `${field}: ${message}`, {
    members: { errors: [{ field, message }] },
  });
