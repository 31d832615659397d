import type { PoolClient } from "pg";
import { category, listLimits, type Write } from "../contract";

const adjectives = ["New", "Late", "Fresh", "Spare", "Odd"];
const nouns = ["kettle", "lamp", "ladder", "mirror", "notebook", "quilt", "spade", "viola"];

/** One write to a list that is locked. Answers the row's id; null: there was none, or no room. */
type Writer = (
  client: PoolClient,
  list: number,
  write: Write,
  random: () => number,
) => Promise<string | null>;

const insert = `INSERT INTO own_item (list, created_at, category, price, title)`;
const hasRoom = `(SELECT count(*) FROM own_item WHERE list = $1) < ${listLimits.maxRows}`;

/** The row of an id, or the one that a share of the list, 0 to 1, leads to. */
const ROW = `
  SELECT * FROM own_item WHERE list = $1 AND ($2::bigint IS NULL OR id = $2)
   ORDER BY id LIMIT 1
  OFFSET CASE WHEN $2::bigint IS NULL
              THEN floor($3::float8 * (SELECT count(*) FROM own_item WHERE list = $1)) ELSE 0 END`;

export const apply: Writer = async (client, list, write, random) => {
  const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)] as T;
  const fresh = () => [
    pick(category.options),
    100 + Math.floor(random() * 49_900),
    `${pick(adjectives)} ${pick(nouns)}`,
  ];
  const id = "id" in write ? (write.id ?? null) : null;
  const run = async (text: string, values: unknown[]) => {
    const { rows } = await client.query<{ id: string }>(`${text} RETURNING id`, [list, ...values]);
    return rows[0]?.id ?? null;
  };
  switch (write.kind) {
    case "insert":
      // Not now(), which is the transaction's beginning: rows of one request would all tie.
      return run(
        `${insert} SELECT $1::integer, clock_timestamp(), $2::item_category, $3::integer, $4 WHERE ${hasRoom}`,
        fresh(),
      );
    case "back-date":
      return run(
        `${insert} SELECT $1::integer, created_at - interval '1 s', $4::item_category, $5::integer, $6
           FROM (${ROW}) r WHERE ${hasRoom}`,
        [null, random(), ...fresh()],
      );
    case "tie":
      return run(
        `${insert} SELECT $1::integer, created_at, category, price, title FROM (${ROW}) r WHERE ${hasRoom}`,
        [id, random()],
      );
    case "delete":
      return run(`DELETE FROM own_item WHERE list = $1 AND id = (SELECT id FROM (${ROW}) r)`, [
        id,
        random(),
      ]);
  }
};
