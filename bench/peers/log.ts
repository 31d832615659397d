import { createServer } from "node:http";
import pg from "pg";
import { createPostgresBus } from "../../lib/bus/postgres";
import { createLog } from "../../lib/log/log";
import { listen } from "./listen";

// Writers to one table: `GET /?way=…&writers=…&entries=…` has so many writers append so many entries
// in turn, each waiting for its commit, and answers how long it took and when readers saw them.

const url = process.env.DATABASE_URL as string;
const raise = (error: unknown) => {
  throw error;
};
/** Connections of an instance of the application. */
const pool = new pg.Pool({ connectionString: url, max: 6 });
const wide = new pg.Pool({ connectionString: url, max: 50 });

/** A log of its own, as another process would have it. */
function openLog() {
  const bus = createPostgresBus(pool, url, raise);
  return { bus, log: createLog({ pool, bus, onError: raise }) };
}
const [here, elsewhere] = [openLog(), openLog()];
await Promise.all([here.bus.ready(), elsewhere.bus.ready()]);
await pool.query(`CREATE TABLE IF NOT EXISTS bench_entry (
  seq bigserial PRIMARY KEY, stream text NOT NULL, type text NOT NULL, data json NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp())`);

const text = "x".repeat(100);
const data = () => ({ at: performance.now(), text });

/** Has the writers take turns at so many appends. @returns the seconds that it took */
async function write(writers: number, entries: number, append: () => Promise<unknown>) {
  let left = entries;
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: writers }, async () => {
      while (left-- > 0) await append();
    }),
  );
  return (performance.now() - begun) / 1_000;
}

/** When each entry was seen, in milliseconds after it was given to the log. */
async function see({ log }: ReturnType<typeof openLog>, stream: string, entries: number) {
  const lags: number[] = [];
  const end = new AbortController();
  for await (const item of log.tail(stream, 0, end.signal)) {
    if (item.kind === "reset" || item.entry.seq !== lags.length + 1)
      throw new Error(`After ${lags.length} came ${JSON.stringify(item)}.`);
    lags.push(performance.now() - (item.entry.data as { at: number }).at);
    if (lags.length === entries) break;
  }
  end.abort();
  return lags;
}

const ways: Record<string, (writers: number, entries: number) => Promise<object>> = {
  async log(writers, entries) {
    const stream = `bench:${crypto.randomUUID()}`;
    const seen = [see(here, stream, entries), see(elsewhere, stream, entries)];
    const seconds = await write(writers, entries, () => here.log.append(stream, "t", data()));
    const [same, other] = await Promise.all(seen);
    return { seconds, here: same, elsewhere: other };
  },
  async insert(writers, entries) {
    const stream = crypto.randomUUID();
    const insert = {
      name: "insert",
      text: "INSERT INTO bench_entry (stream, type, data) VALUES ($1, $2, $3) RETURNING seq, at",
    };
    const seconds = await write(writers, entries, () =>
      wide.query({ ...insert, values: [stream, "t", JSON.stringify(data())] }),
    );
    const counted = await pool.query("SELECT count(*) FROM bench_entry WHERE stream = $1", [
      stream,
    ]);
    if (Number(counted.rows[0].count) !== entries) throw new Error("Rows are missing.");
    return { seconds };
  },
};

listen(
  createServer(async (request, response) => {
    const query = new URL(request.url ?? "/", "http://localhost").searchParams;
    const way = ways[query.get("way") ?? ""];
    try {
      const result = await way?.(Number(query.get("writers")), Number(query.get("entries")));
      response.end(JSON.stringify(result));
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  }),
);
