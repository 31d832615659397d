import { z } from "zod";

/** A whole number as a person would write it: no sign, no hex, no exponent, no fraction. */
export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,16}$/, "must be a whole number in decimal digits")
    .transform(Number)
    .pipe(z.number().min(min).max(max))
    // In the OpenAPI document it is the number that is meant, not its spelling.
    .meta({ override: asInteger(min, max) });

const asInteger =
  (minimum: number, maximum: number) =>
  ({ jsonSchema }: { jsonSchema: { pattern?: string } }): void => {
    delete jsonSchema.pattern;
    Object.assign(jsonSchema, { type: "integer", minimum, maximum });
  };
