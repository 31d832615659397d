import type { State } from "fengari";
import { RedisError, type Reply } from "../engine.ts";
import { lauxlib, lua, lualib, to_luastring } from "./lua-numbers.ts";
import {
  pushBytes,
  pushError,
  pushList,
  pushReply,
  readArgument,
  readBytes,
  readField,
  readReply,
  sha1,
} from "./lua-values.ts";

const MAX_SCRIPTS = 500;
/** A script holds everybody up: after so many steps it is ended. What it has written stays written. */
const MAX_STEPS = 5_000_000;
const HOOK_STEPS = 100_000;

/** What 5.1 has and 5.3 has not, with doubles out of math; none of what reaches outside; no global by mistake. */
const PRELUDE = `
  unpack = table.unpack
  math.pow = function(a, b) return a ^ b end
  table.getn = function(t) return #t end
  dofile, loadfile, load, print, collectgarbage = nil
  local rep, withmetatable = string.rep, setmetatable
  for _, name in ipairs({"floor", "ceil"}) do
    local whole = math[name]
    math[name] = function(x) return whole(x) + 0 end
  end
  for _, name in ipairs({"min", "max"}) do
    local choose = math[name]
    math[name] = function(...)
      local numbers = {...}
      for i = 1, #numbers do numbers[i] = numbers[i] + 0 end
      return choose(table.unpack(numbers))
    end
  end
  string.rep = function(s, n, ...)
    if #s * n > 1048576 then error("string.rep: more than 1 MiB", 2) end
    return rep(s, n, ...)
  end
  setmetatable = function(t, m)
    if t == _G then error("_G is protected", 2) end
    return withmetatable(t, m)
  end
  withmetatable(_G, {
    __newindex = function(_, name)
      error("Script attempted to create global variable '" .. tostring(name) .. "'", 2)
    end,
    __index = function(_, name)
      error("Script attempted to access nonexistent global variable '" .. tostring(name) .. "'", 2)
    end,
  })`;

/** A function of Lua that returns the one value which `push` leaves. */
const returning = (push: (state: State) => void) => (state: State) => {
  push(state);
  return 1;
};

export interface Scripting {
  /** @throws RedisError NOSCRIPT where none has this SHA */
  evalsha(sha: string, keys: string[], args: string[]): Reply;
  /** Compiles a script and keeps it. @returns its SHA @throws RedisError where it is no Lua */
  load(script: string): string;
  has(sha: string): boolean;
  flush(): void;
}

/** Lua scripts over a store's commands. One at a time, start to end: that is what makes them atomic. */
export function createScripting(call: (command: string[]) => Reply): Scripting {
  /** SHA → the compiled function's place in Lua's registry; the oldest goes first. */
  const compiled = new Map<string, number>();
  const state = lauxlib.luaL_newstate();
  const text = to_luastring;
  let steps = 0;

  /** redis.call and redis.pcall: the second hands a failure to the script. */
  const caller = (isProtected: boolean) => (inner: State) => {
    try {
      const command = Array.from({ length: lua.lua_gettop(inner) }, (_, i) =>
        readArgument(inner, i + 1),
      );
      if (command.length === 0)
        throw new RedisError("ERR Please specify at least one argument for this redis.call()");
      pushReply(inner, call(command));
      return 1;
    } catch (error) {
      if (!(error instanceof RedisError)) throw error;
      pushError(inner, error.message);
      return isProtected ? 1 : lua.lua_error(inner);
    }
  };

  function open(): void {
    const { luaopen_base, luaopen_table, luaopen_string, luaopen_math } = lualib;
    const libraries = {
      _G: luaopen_base,
      table: luaopen_table,
      string: luaopen_string,
      math: luaopen_math,
    };
    for (const [name, library] of Object.entries(libraries))
      lauxlib.luaL_requiref(state, text(name), library, 1);
    lua.lua_settop(state, 0);
    const members: Record<string, (inner: State) => number> = {
      call: caller(false),
      pcall: caller(true),
      error_reply: returning((inner) => pushError(inner, readBytes(inner, 1))),
      status_reply: (inner) => {
        lua.lua_createtable(inner, 0, 1);
        lua.lua_pushvalue(inner, 1);
        lua.lua_setfield(inner, -2, text("ok"));
        return 1;
      },
      sha1hex: returning((inner) => pushBytes(inner, sha1(readBytes(inner, 1)))),
      log: () => 0,
    };
    lua.lua_createtable(state, 0, 6);
    for (const [name, member] of Object.entries(members)) {
      lua.lua_pushcfunction(state, member);
      lua.lua_setfield(state, -2, text(name));
    }
    lua.lua_setglobal(state, text("redis"));
    for (const name of ["KEYS", "ARGV"]) {
      pushList(state, []);
      lua.lua_setglobal(state, text(name));
    }
    compile(PRELUDE);
    if (lua.lua_pcall(state, 0, 0, 0) !== lua.LUA_OK) throw new Error(readBytes(state, -1));
    const hook = () => {
      steps += HOOK_STEPS;
      if (steps > MAX_STEPS) {
        pushError(state, "ERR the script takes too many steps");
        lua.lua_error(state);
      }
    };
    lua.lua_sethook(state, hook, lua.LUA_MASKCOUNT, HOOK_STEPS);
  }

  /** Leaves the function on the stack. */
  function compile(script: string): void {
    const code = Buffer.from(script, "latin1");
    if (lauxlib.luaL_loadbuffer(state, code, code.length, text("@user_script")) === lua.LUA_OK)
      return;
    const message = readBytes(state, -1);
    lua.lua_settop(state, 0);
    throw new RedisError(`ERR Error compiling script (new function): ${message}`);
  }

  function failure(): RedisError {
    const isTable = lua.lua_type(state, -1) === lua.LUA_TTABLE;
    const known = isTable ? readField(state, -1, "err") : undefined;
    return new RedisError(known ?? `ERR ${readBytes(state, -1) || "the script failed"}`);
  }

  open();
  return {
    has: (sha) => compiled.has(sha.toLowerCase()),
    load(script) {
      const sha = sha1(script);
      if (compiled.has(sha)) return sha;
      compile(script);
      compiled.set(sha, lauxlib.luaL_ref(state, lua.LUA_REGISTRYINDEX));
      const [oldest] = compiled;
      if (compiled.size > MAX_SCRIPTS && oldest) {
        lauxlib.luaL_unref(state, lua.LUA_REGISTRYINDEX, oldest[1]);
        compiled.delete(oldest[0]);
      }
      return sha;
    },
    evalsha(sha, keys, args) {
      const reference = compiled.get(sha.toLowerCase());
      if (reference === undefined)
        throw new RedisError("NOSCRIPT No matching script. Please use EVAL.");
      steps = 0;
      pushList(state, keys);
      lua.lua_setglobal(state, text("KEYS"));
      pushList(state, args);
      lua.lua_setglobal(state, text("ARGV"));
      lua.lua_rawgeti(state, lua.LUA_REGISTRYINDEX, reference);
      try {
        if (lua.lua_pcall(state, 0, 1, 0) !== lua.LUA_OK) throw failure();
        return readReply(state, -1);
      } finally {
        lua.lua_settop(state, 0);
      }
    },
    flush() {
      for (const reference of compiled.values())
        lauxlib.luaL_unref(state, lua.LUA_REGISTRYINDEX, reference);
      compiled.clear();
    },
  };
}
