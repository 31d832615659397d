import { createRequire } from "node:module";

interface Value {
  value: number;
  ttisinteger(): boolean;
  setfltvalue(value: number): void;
}
type ToNumber = (text: Uint8Array, into: Value) => number;

/**
 * Lua as Redis has it is 5.1: every number is a double, and 5 prints as "5". fengari is 5.3 with
 * integers of 32 bits: a time in seconds times 1000 would overflow without a word. So whatever text
 * becomes a number, in a script or in its arguments, becomes a double.
 */
process.env.FENGARICONF = JSON.stringify({ LUA_COMPAT_FLOATSTRING: true });
const require = createRequire(import.meta.url);
export const { lua, lauxlib, lualib, to_luastring } =
  require("fengari") as typeof import("fengari");

const objects = require("fengari/src/lobject.js") as { luaO_str2num: ToNumber };
const parse = objects.luaO_str2num;
objects.luaO_str2num = (text, into) => {
  const size = parse(text, into);
  if (size > 0 && into.ttisinteger()) into.setfltvalue(into.value);
  return size;
};
