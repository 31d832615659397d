import { createHash } from "node:crypto";
import type { State } from "fengari";
import { RedisError, type Reply, Status } from "../engine.ts";
import { lua, to_luastring } from "./lua-numbers.ts";
import { formatFloat } from "./numbers.ts";

const text = (name: string) => to_luastring(name);

export function pushBytes(state: State, bytes: string): void {
  lua.lua_pushlstring(state, Buffer.from(bytes, "latin1"), bytes.length);
}

export function readBytes(state: State, index: number): string {
  const bytes = lua.lua_tolstring(state, index);
  return bytes ? Buffer.from(bytes).toString("latin1") : "";
}

/** A table of strings: KEYS and ARGV. */
export function pushList(state: State, items: string[]): void {
  lua.lua_createtable(state, items.length, 0);
  items.forEach((item, i) => {
    pushBytes(state, item);
    lua.lua_rawseti(state, -2, i + 1);
  });
}

function pushField(state: State, name: string, value: string): void {
  lua.lua_createtable(state, 0, 1);
  pushBytes(state, value);
  lua.lua_setfield(state, -2, text(name));
}

export const pushError = (state: State, message: string) => pushField(state, "err", message);

/** A reply as a script sees it: what is missing is `false`, a status is a table with `ok`. */
export function pushReply(state: State, reply: Reply): void {
  if (reply === null) lua.lua_pushboolean(state, false);
  else if (typeof reply === "number") lua.lua_pushnumber(state, reply);
  else if (typeof reply === "string") pushBytes(state, reply);
  else if (reply instanceof Status) pushField(state, "ok", reply.text);
  else {
    lua.lua_createtable(state, reply.length, 0);
    reply.forEach((item, i) => {
      pushReply(state, item);
      lua.lua_rawseti(state, -2, i + 1);
    });
  }
}

/** An argument of redis.call: a string, or a number as %.17g prints it. */
export function readArgument(state: State, index: number): string {
  const type = lua.lua_type(state, index);
  if (type === lua.LUA_TNUMBER) return formatFloat(lua.lua_tonumber(state, index));
  if (type === lua.LUA_TSTRING) return readBytes(state, index);
  throw new RedisError("ERR Lua redis lib command arguments must be strings or integers");
}

const MAX_DEPTH = 100;

/**
 * What a script returns, as Redis replies it: numbers lose their fraction, true is 1, false and nil
 * are null, a table ends at its first nil.
 */
export function readReply(state: State, index: number, depth = 0): Reply {
  const type = lua.lua_type(state, index);
  if (type === lua.LUA_TSTRING) return readBytes(state, index);
  if (type === lua.LUA_TNUMBER) return Math.trunc(lua.lua_tonumber(state, index)) + 0;
  if (type === lua.LUA_TBOOLEAN) return lua.lua_toboolean(state, index) ? 1 : null;
  if (type !== lua.LUA_TTABLE) return null;
  if (depth >= MAX_DEPTH) throw new RedisError("ERR reached lua stack limit");
  const at = index < 0 ? lua.lua_gettop(state) + index + 1 : index;
  const error = readField(state, at, "err");
  if (error !== undefined) throw new RedisError(error);
  const ok = readField(state, at, "ok");
  if (ok !== undefined) return new Status(ok);
  const items: Reply[] = [];
  for (let i = 1; lua.lua_rawgeti(state, at, i) !== lua.LUA_TNIL; i++) {
    items.push(readReply(state, -1, depth + 1));
    lua.lua_settop(state, -2);
  }
  lua.lua_settop(state, -2);
  return items;
}

/** A field that is a string, past any metatable: nothing of the script runs here. */
export function readField(state: State, index: number, name: string): string | undefined {
  const at = index < 0 ? lua.lua_gettop(state) + index + 1 : index;
  pushBytes(state, name);
  const isText = lua.lua_rawget(state, at) === lua.LUA_TSTRING;
  const value = isText ? readBytes(state, -1) : undefined;
  lua.lua_settop(state, -2);
  return value;
}

export const sha1 = (bytes: string) => createHash("sha1").update(bytes, "latin1").digest("hex");
