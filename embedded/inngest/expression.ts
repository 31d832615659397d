import { Environment } from "@marcbachmann/cel-js";

/** What an expression may look at: the event that began the run, and the one that comes later. */
export interface Values {
  event?: unknown;
  async?: unknown;
}

const cel = new Environment({ homogeneousAggregateLiterals: false })
  .registerVariable("event", "dyn")
  .registerVariable("async", "dyn");

/** @throws Error that says what is wrong with the expression (Common Expression Language) */
export function checkExpression(expression: string): void {
  cel.parse(expression);
}

/**
 * Whether the expression holds; none always does. A field that is not there makes it false, as does
 * whatever else goes wrong while it is evaluated.
 */
export function matches(expression: string | null | undefined, values: Values): boolean {
  if (!expression) return true;
  return evaluate(expression, values) === true;
}

/** The value as text, for keys: "" where there is none. */
export function keyOf(expression: string | undefined, values: Values): string {
  if (!expression) return "";
  const value = evaluate(expression, values);
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : String(JSON.stringify(plain(value)));
}

function evaluate(expression: string, values: Values): unknown {
  try {
    return cel.parse(expression)(values as Record<string, unknown>);
  } catch {
    return undefined;
  }
}

const plain = (value: unknown) => (typeof value === "bigint" ? Number(value) : value);
