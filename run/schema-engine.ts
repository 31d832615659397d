import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlQuery,
} from "@prisma/driver-adapter-utils";
import type { SchemaEngine } from "@prisma/schema-engine-wasm";
import pg from "pg";

/** The type id of "char", which system tables use. */
const CHAR = 18;

/**
 * Prisma's own schema engine, in its WebAssembly build, on a database: what the `prisma migrate`
 * commands would download. `datamodels` are [path, content] of the schema files.
 */
export async function withSchemaEngine<T>(
  databaseUrl: string,
  datamodels: [string, string][],
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  const { SchemaEngine } = await loadEngine();
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  const factory = bindMigrationAwareSqlAdapterFactory(adapterFactory(pool));
  try {
    return await work(await SchemaEngine.new({ datamodels }, () => undefined, factory));
  } finally {
    await pool.end();
  }
}

/**
 * PrismaPg, mended where migrations need it: it cuts scripts at every semicolon, also inside a
 * function's body, and does not know the type "char". A script sent whole also runs in one
 * transaction: a migration that fails leaves nothing behind.
 */
function adapterFactory(pool: pg.Pool): PrismaPg {
  const factory = new PrismaPg(pool);
  const connect = async () => {
    const adapter = await factory.connect();
    const inner = adapter as unknown as {
      performIO(query: SqlQuery): Promise<pg.QueryArrayResult>;
      onError(error: unknown): never;
    };
    const performIO = inner.performIO.bind(adapter);
    const queryRaw = adapter.queryRaw.bind(adapter);
    const charColumns = new WeakMap<unknown[], number[]>();

    inner.performIO = async (query) => {
      const result = await performIO(query);
      const found = result.fields.flatMap(({ dataTypeID }, i) => (dataTypeID === CHAR ? [i] : []));
      for (const i of found)
        Object.assign(result.fields[i] ?? {}, { dataTypeID: pg.types.builtins.TEXT });
      charColumns.set(result.rows, found);
      return result;
    };
    adapter.queryRaw = async (query) => {
      const result = await queryRaw(query);
      for (const i of charColumns.get(result.rows) ?? []) {
        result.columnTypes[i] = ColumnTypeEnum.Character;
      }
      return result;
    };
    adapter.executeScript = async (script) => {
      await pool.query(script).catch((error) => inner.onError(error));
    };
    return adapter;
  };
  return Object.assign(Object.create(factory), { connect });
}

let engine: ReturnType<typeof instantiate> | undefined;

/** Once in a process: the glue code keeps one instance in a module variable. */
function loadEngine() {
  engine ??= instantiate();
  return engine;
}

/** The package's own entry imports the .wasm as a module, which makes Node 24 warn that this is experimental. */
async function instantiate() {
  const entry = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm");
  const glue = await import("@prisma/schema-engine-wasm/schema_engine_bg");
  const bytes = await readFile(join(dirname(entry), "schema_engine_bg.wasm"));
  const imports = { "./schema_engine_bg.js": glue as unknown as WebAssembly.ModuleImports };
  const { instance } = await WebAssembly.instantiate(bytes, imports);
  (glue as unknown as { __wbg_set_wasm(exports: unknown): void }).__wbg_set_wasm(instance.exports);
  // Where the engine leaves the text of a panic before it traps.
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: console.error } });
  (instance.exports.__wbindgen_start as () => void)();
  return glue;
}
