import pg from "pg";

const CATALOGUE = 1_000_000;

/**
 * Fills the catalogue, unless it is there. One transaction: it is whole or empty, and as durable as
 * any. Its indexes are built after the rows, which takes a third of the time of keeping them up row
 * by row; what they are is read from the database, where the migrations have put them.
 */
export async function seedItems(databaseUrl: string, count = CATALOGUE): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const isThere = async () => (await client.query("SELECT 1 FROM item LIMIT 1")).rows.length > 0;
    if (await isThere()) return;
    await client.query("BEGIN");
    await client.query("LOCK TABLE item IN ACCESS EXCLUSIVE MODE");
    // Another process may have been first while we waited.
    if (!(await isThere())) await fill(client, count);
    await client.query("COMMIT");
    // Statistics for the plans, and the visibility map, without which counting reads the table.
    await client.query("VACUUM ANALYZE item");
  } finally {
    await client.end();
  }
}

async function fill(client: pg.Client, count: number): Promise<void> {
  const { rows: indexes } = await client.query<{ name: string; definition: string }>(
    `SELECT format('%I', indexname) AS name, indexdef AS definition FROM pg_indexes
      WHERE schemaname = current_schema AND tablename = 'item' AND indexname <> 'item_pkey'`,
  );
  await client.query("SET LOCAL maintenance_work_mem = '96MB'");
  for (const { name } of indexes) await client.query(`DROP INDEX ${name}`);
  await client.query("INSERT INTO item SELECT * FROM item_rows($1)", [count]);
  for (const { definition } of indexes) await client.query(definition);
}
