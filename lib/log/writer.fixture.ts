// A second process for the tests: appends n entries to a stream, one after the other.
import { createPostgresBus } from "../bus/postgres";
import { createPool } from "../db/pool";
import { createLog } from "./log";

const [stream = "", by, count] = process.argv.slice(2);
const url = process.env.DATABASE_URL as string;
const pool = createPool(url, 2);
const bus = createPostgresBus(pool, url, () => {});
const log = createLog({ pool, bus, onError: () => {} });
for (let n = 1; n <= Number(count); n++) await log.append(stream, "t", { by, n }, `${by}-${n}`);
log.close();
await bus.close();
await pool.end();
