import { HttpError } from "./http";

/** A member of an object, or of an array, whose number in the text is another one once it is parsed. */
interface Changed {
  holder: unknown;
  key: string;
}

/** Up to 15 digits and no exponent: every such number is kept. The rest is looked at one by one. */
const MAY_CHANGE = /[\d.]{16}|\d[eE]/;

/**
 * Parses JSON from outside. A number that JavaScript cannot keep, such as 2^53 + 1 or 1e999, is refused by
 * the name of its member, and not changed in silence (RFC 8259, 6, and RFC 7493, 2.2).
 * @throws HttpError 400 `invalid-json` (no JSON), `invalid-body` (such a number)
 */
export function parseJson(text: string): unknown {
  const changed: Changed[] = [];
  let value: unknown;
  try {
    value = MAY_CHANGE.test(text) ? JSON.parse(text, note) : JSON.parse(text);
  } catch {
    throw new HttpError(400, "invalid-json", "The body is not JSON.");
  }
  if (changed.length > 0) throw refusal(changed, value);
  return value;

  function note(this: unknown, key: string, parsed: unknown, context?: { source?: string }) {
    const { source } = context ?? {};
    if (typeof parsed === "number" && source !== undefined && !isKept(source, parsed))
      changed.push({ holder: this, key });
    return parsed;
  }
}

/** More digits than toPrecision() gives. */
const MAX_DIGITS = 100;
/** Numbers that a refusal names. */
const MAX_NAMED = 10;

/** The number, written with as many digits as the text has, or as JavaScript writes it, is what the text says. */
function isKept(source: string, number: number): boolean {
  const said = decimalOf(source);
  if (said.digits === "") return true;
  if (!Number.isFinite(number) || number === 0 || said.written > MAX_DIGITS) return false;
  return [number.toPrecision(said.written), String(number)].some((text) => {
    const { digits, exponent } = decimalOf(text);
    return digits === said.digits && exponent === said.exponent;
  });
}

/**
 * The significant digits of a number in JSON, without zeros around them: none for a zero. Beside them the
 * power of ten of the first one, and how many digits are written from there on.
 */
function decimalOf(number: string) {
  const [, whole = "", fraction = "", power = "0"] =
    /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  const exact = withoutLastZeros(fraction);
  const all = (whole + exact).replace(/^0+/, "");
  const leading = whole.length + exact.length - all.length;
  return {
    digits: withoutLastZeros(all),
    exponent: whole.length - leading + Number(power),
    written: all.length,
  };
}

/** By hand: a regular expression would look for the end from each of the zeros. */
function withoutLastZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === "0") end--;
  return digits.slice(0, end);
}

const message =
  "is a number that cannot be kept as it is: send it as a string, or with fewer digits";

function refusal(changed: Changed[], value: unknown): HttpError {
  const places = placesIn(value);
  const errors = changed
    .slice(0, MAX_NAMED)
    .map(({ holder, key }) => ({ field: pathOf(places, holder, key), message }));
  const detail = errors.map(({ field }) => (field ? `${field}: ${message}` : message)).join("; ");
  return new HttpError(400, "invalid-body", detail, { members: { errors } });
}

interface Place {
  holder: unknown;
  key: string;
}

/** Where each object and array is. Without recursion: they may be nested as deep as the text is long. */
function placesIn(value: unknown): Map<unknown, Place> {
  const places = new Map<unknown, Place>();
  const waiting = [value];
  while (waiting.length > 0) {
    const holder = waiting.pop();
    if (typeof holder !== "object" || holder === null) continue;
    for (const [key, member] of Object.entries(holder)) {
      if (typeof member !== "object" || member === null) continue;
      places.set(member, { holder, key });
      waiting.push(member);
    }
  }
  return places;
}

function pathOf(places: Map<unknown, Place>, holder: unknown, key: string): string {
  const path = [key];
  for (let place = places.get(holder); place; place = places.get(place.holder))
    path.unshift(place.key);
  return path.join(".");
}
