import { RedisError } from "../engine.ts";

const MAX = 2n ** 63n - 1n;
const MIN = -(2n ** 63n);
export const notAnInteger = "ERR value is not an integer or out of range";

/** A 64-bit integer as Redis takes one: no blanks, no plus, no leading zeros. */
export function parseInteger(text: string, error = notAnInteger): bigint {
  if (!/^(0|-?[1-9]\d{0,18})$/.test(text)) throw new RedisError(error);
  const value = BigInt(text);
  if (value > MAX || value < MIN) throw new RedisError(error);
  return value;
}

/** One that is small enough to count with. */
export const parseCount = (text: string, error?: string) => Number(parseInteger(text, error));

export function add(value: bigint, by: bigint): bigint {
  const sum = value + by;
  if (sum > MAX || sum < MIN) throw new RedisError("ERR increment or decrement would overflow");
  return sum;
}

/** A score or another fraction. */
export function parseFloat64(text: string, error = "ERR value is not a valid float"): number {
  const infinite = /^([+-]?)inf(inity)?$/i.exec(text);
  if (infinite) return infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) throw new RedisError(error);
  return Number(text);
}

/** As C's %.17g prints it, which is how Redis answers a score and takes a number from a script. */
export function formatFloat(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "inf";
  if (value === Number.NEGATIVE_INFINITY) return "-inf";
  if (Number.isNaN(value)) return "nan";
  if (Number.isInteger(value) && Math.abs(value) < 1e17)
    return Object.is(value, -0) ? "-0" : `${value}`;
  const text = Math.abs(value) < 1e-4 ? value.toExponential(16) : value.toPrecision(17);
  const [digits = "", exponent] = text.split("e");
  const short = digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
  return exponent ? `${short}e${exponent.replace(/^([+-])(\d)$/, "$10$2")}` : short;
}
