import { escapeLiteral, type Pool } from "pg";
import type { Explained, PlanNode, PlanQuery } from "../contract";
import { deepPool, guarded, timed } from "./database";
import { keysetQuery, type Position } from "./keyset";
import { offsetQuery } from "./offset";
import { invalidParameter } from "./problems";
import type { Reading } from "./reading";
import { binder, from, keyOf, orderBy, type Query, statement } from "./sql";

/** A node of EXPLAIN (FORMAT JSON), as far as we read it. */
interface Node {
  "Node Type": string;
  "Index Name"?: string;
  "Index Cond"?: string;
  Filter?: string;
  "Actual Rows": number;
  "Actual Loops": number;
  "Shared Hit Blocks": number;
  "Shared Read Blocks": number;
  Plans?: Node[];
}
interface Answer {
  "QUERY PLAN": [{ Plan: Node; "Execution Time": number }];
}

/** What the page of a way and a depth costs, in the catalogue. */
export const explainPage = async (query: PlanQuery): Promise<Explained> =>
  explain(deepPool(), await statementOf(query));

/**
 * Runs a statement and answers what Postgres says it did. It is prepared as the handler's is, so it
 * is that plan. Without TIMING: the clock would cost more than the million rows it is looked at for.
 */
export async function explain(pool: Pool, { text, values }: Query): Promise<Explained> {
  const literals = values.map((value) =>
    typeof value === "number" ? String(value) : escapeLiteral(String(value)),
  );
  const answer = await guarded(async () => {
    const client = await pool.connect();
    try {
      await client.query(`PREPARE explained AS ${text}`);
      const execute = `EXECUTE explained (${literals.join(", ")})`;
      const options = "ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON";
      return (await client.query<Answer>(`EXPLAIN (${options}) ${execute}`)).rows[0] as Answer;
    } finally {
      // Also after a timeout. Where it fails, the connection is of no more use.
      await client.query("DEALLOCATE explained").then(
        () => client.release(),
        () => client.release(true),
      );
    }
  });
  const [{ Plan, "Execution Time": ms }] = answer["QUERY PLAN"];
  const plan = toNode(Plan);
  const sql = text.replace(/\$(\d+)/g, (_, number) => literals[number - 1] ?? "");
  return { sql, ms, rowsScanned: scanned(plan), buffers: plan.buffers, plan };
}

async function statementOf({ way, depth, limit, ...order }: PlanQuery): Promise<Query> {
  const reading: Reading = { list: null, ...order };
  if (way === "offset") return offsetQuery(reading, depth, limit);
  const position = depth === 0 ? null : await positionAt(reading, depth);
  // One more than the page, as the handler asks for.
  return keysetQuery(reading, position, limit + 1);
}

/**
 * The position after so many rows: what the cursor of the page before would hold. A reader who
 * follows cursors has it in hand; we have to walk there, outside the measurement.
 */
async function positionAt(reading: Reading, depth: number): Promise<Position> {
  const { values, bind } = binder();
  const { column } = keyOf(reading);
  const { select, conditions } = from(reading, bind, `i.${column} AS value, i.id`);
  const order = orderBy(reading, reading.direction);
  const text = statement(select, conditions, order, `OFFSET ${bind(depth - 1)} LIMIT 1`);
  const { rows } = await timed<{ value: string | number; id: string }>(deepPool(), {
    text,
    values,
  });
  if (!rows[0]) throw invalidParameter("depth", "lies beyond the last row");
  const { value, id } = rows[0];
  return { way: "next", inclusive: false, value: String(value), id };
}

function toNode(node: Node): PlanNode {
  return {
    node: node["Node Type"],
    index: node["Index Name"] ?? null,
    condition: node["Index Cond"] ?? null,
    filter: node.Filter ?? null,
    rows: node["Actual Rows"] * node["Actual Loops"],
    buffers: node["Shared Hit Blocks"] + node["Shared Read Blocks"],
    children: (node.Plans ?? []).map(toNode),
  };
}

/** The rows that the leaves of the plan have read. */
const scanned = ({ rows, children }: PlanNode): number =>
  children.length === 0 ? rows : children.reduce((sum, child) => sum + scanned(child), 0);
