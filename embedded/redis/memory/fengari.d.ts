/** The part of fengari that is used here: Lua's C API, with bytes as Uint8Array. */
declare module "fengari" {
  export interface State {
    readonly brand: "lua_State";
  }
  type Bytes = Uint8Array;
  type NativeFunction = (state: State) => number;
  export const lua: Record<
    | "LUA_OK"
    | "LUA_MULTRET"
    | "LUA_TNIL"
    | "LUA_TBOOLEAN"
    | "LUA_TNUMBER"
    | "LUA_TSTRING"
    | "LUA_TTABLE"
    | "LUA_REGISTRYINDEX"
    | "LUA_MASKCOUNT",
    number
  > & {
    lua_pushcfunction(state: State, fn: NativeFunction): void;
    lua_pushnumber(state: State, value: number): void;
    lua_pushboolean(state: State, value: boolean): void;
    lua_pushnil(state: State): void;
    lua_pushlstring(state: State, bytes: Bytes, length: number): void;
    lua_pushvalue(state: State, index: number): void;
    lua_createtable(state: State, array: number, fields: number): void;
    lua_rawseti(state: State, index: number, key: number): void;
    lua_rawgeti(state: State, index: number, key: number): number;
    lua_setfield(state: State, index: number, name: Bytes): void;
    lua_rawget(state: State, index: number): number;
    lua_setglobal(state: State, name: Bytes): void;
    lua_pcall(state: State, args: number, results: number, handler: number): number;
    lua_error(state: State): never;
    lua_type(state: State, index: number): number;
    lua_gettop(state: State): number;
    lua_settop(state: State, index: number): void;
    lua_toboolean(state: State, index: number): boolean;
    lua_tonumber(state: State, index: number): number;
    lua_tolstring(state: State, index: number): Bytes | null;
    lua_sethook(
      state: State,
      hook: ((state: State) => void) | null,
      mask: number,
      count: number,
    ): void;
  };
  export const lauxlib: {
    luaL_newstate(): State;
    luaL_loadbuffer(state: State, code: Bytes, size: number, name: Bytes): number;
    luaL_ref(state: State, table: number): number;
    luaL_unref(state: State, table: number, reference: number): void;
    luaL_requiref(state: State, name: Bytes, open: NativeFunction, global: number): void;
  };
  export const lualib: Record<
    "luaopen_base" | "luaopen_table" | "luaopen_string" | "luaopen_math",
    NativeFunction
  >;
  export function to_luastring(text: string): Bytes;
}
