import { z } from "zod";

// The kinds of values that variables of the environment have, and what is said where one is not of its kind.

const itemsOf = (text: string) =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter(Boolean);

/** A list separated by commas; blanks around the items do not count. `isItem` says which items are valid. */
export const list = (isItem: (item: string) => boolean = () => true, what = "") =>
  z
    .string()
    .default("")
    .superRefine((text, context) => {
      itemsOf(text).forEach((item, i) => {
        if (!isItem(item)) context.addIssue(`item ${i + 1} of the list is not ${what}`);
      });
    })
    .transform(itemsOf);

/** A whole number within these bounds, both included. */
export const whole = (fallback: number, least = 0, most = Number.MAX_SAFE_INTEGER) => {
  const error =
    most === Number.MAX_SAFE_INTEGER
      ? `it is not a whole number of at least ${least}`
      : `it is not a whole number from ${least} to ${most}`;
  return z.coerce
    .number({ error })
    .int({ error })
    .min(least, { error })
    .max(most, { error })
    .default(fallback);
};

/** An address with one of these schemes, and a host. */
export const address = (...schemes: string[]) =>
  z.string().refine((text) => hasScheme(text, schemes), {
    error: `it is not an address that begins with ${schemes.map((scheme) => `${scheme}://`).join(" or ")}`,
  });

function hasScheme(text: string, schemes: readonly string[]): boolean {
  const url = URL.parse(text);
  if (!url || !schemes.includes(url.protocol.slice(0, -1))) return false;
  // A Unix socket of Postgres has no host: postgresql:///database?host=/run/postgresql
  return url.host !== "" || url.searchParams.has("host");
}

/** What browsers send as Origin; a slash at its end does no harm. */
export const isOrigin = (text: string) => {
  const url = URL.parse(text);
  const isWeb = url?.protocol === "http:" || url?.protocol === "https:";
  return isWeb && url.origin === text.replace(/\/+$/, "").toLowerCase();
};

/** A name, and the origin that it stands for. */
export const isPeer = (text: string) =>
  isOrigin(text.replace(/^[^=]+=/, "")) && /^[^=]+=/.test(text);
