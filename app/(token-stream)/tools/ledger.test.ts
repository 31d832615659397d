import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, expect, it } from "vitest";
import { pool } from "@/lib/db/pool";
import { startRows } from "../completion/rows";
import { runOnce } from "./ledger";

afterAll(() => pool().end());

/** A call of an answer that there is. */
async function newCall() {
  const id = randomUUID();
  await startRows(pool(), [
    {
      ...{ id, userId: randomUUID(), address: randomUUID(), chatId: null },
      messages: [{ role: "user", content: "Look it up." }],
    },
  ]);
  return { completionId: id, id: "call-1", name: "search_documents", input: { query: "log" } };
}

it("runs a call once, however many try at the same time, and gives all of them its output", async () => {
  const call = await newCall();
  let runs = 0;
  const all = await Promise.all(
    Array.from({ length: 8 }, () =>
      runOnce(call, async () => {
        await delay(20);
        return { run: ++runs };
      }),
    ),
  );
  expect(runs).toBe(1);
  expect(all).toEqual(Array(8).fill({ run: 1 }));
  expect(await runOnce(call, () => ({ run: ++runs }))).toEqual({ run: 1 });
  expect(runs).toBe(1);
});

it("has not run a call that failed: the next one runs it", async () => {
  const call = await newCall();
  const failing = () => Promise.reject(new Error("It is away."));
  await expect(runOnce(call, failing)).rejects.toThrow("It is away.");
  expect(await runOnce(call, () => "done")).toBe("done");
});

it("has not run a call whose process died in the middle of it", async () => {
  const call = await newCall();
  const dying = runOnce(call, async () => {
    const { rows } = await pool().query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity
        WHERE state = 'idle in transaction' AND query LIKE 'INSERT INTO tool_run%'
          AND datname = current_database() AND pid <> pg_backend_pid()`,
    );
    // What a killed process leaves behind is a connection that the server closes.
    for (const { pid } of rows) await pool().query("SELECT pg_terminate_backend($1)", [pid]);
    return "lost";
  });
  await expect(dying).rejects.toThrow();
  expect(await runOnce(call, () => "run again")).toBe("run again");
});

it("goes with its completion", async () => {
  const call = await newCall();
  await runOnce(call, () => "done");
  await pool().query("DELETE FROM completion WHERE id = $1", [call.completionId]);
  const { rowCount } = await pool().query("SELECT 1 FROM tool_run WHERE completion_id = $1", [
    call.completionId,
  ]);
  expect(rowCount).toBe(0);
});
