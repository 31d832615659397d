import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { noteRefusal, UNREADY_MS } from "@/lib/db/health";
import { pool } from "@/lib/db/pool";
import { refusalOf } from "@/lib/db/refusal";
import { lifecycle } from "@/lib/lifecycle";
import { createHttpServer } from "./http";

const database = process.env.DATABASE_URL as string;
/** The role that the instance connects as. */
const role = `ops_${randomUUID().replaceAll("-", "")}`;
const admin = new pg.Pool({ connectionString: database, max: 1 });
const server = createHttpServer({ lane: undefined, next: (_, response) => response.end() }, false);

beforeAll(async () => {
  await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD 'none'`);
  const url = new URL(database);
  url.username = role;
  url.password = "none";
  vi.stubEnv("DATABASE_URL", url.href);
  lifecycle().phase = "ready";
  await once(server.listen(0, "127.0.0.1"), "listening");
});
afterAll(async () => {
  lifecycle().phase = "starting";
  server.close();
  await pool().end();
  await admin.query(`DROP ROLE ${role}`);
  await admin.end();
});

async function readiness() {
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/readyz`);
  return [response.status, (await response.text()).trim()];
}

describe("/readyz", () => {
  it("is 503 while the database can only be read, and 200 the moment that it takes changes again", async () => {
    expect(await readiness()).toEqual([200, "ready"]);
    await admin.query(`ALTER ROLE ${role} SET default_transaction_read_only = on`);
    await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", [
      role,
    ]);
    await expect.poll(readiness).toEqual([503, "the database can only be read"]);
    // The setting counts for new sessions: the probe has kept none of the old ones.
    await admin.query(`ALTER ROLE ${role} RESET default_transaction_read_only`);
    expect(await readiness()).toEqual([200, "ready"]);
  });

  it("is 503 where the database takes no more connections", async () => {
    await admin.query(`ALTER ROLE ${role} CONNECTION LIMIT 0`);
    await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", [
      role,
    ]);
    await expect.poll(readiness).toEqual([503, "the database does not answer"]);
    await admin.query(`ALTER ROLE ${role} CONNECTION LIMIT -1`);
    expect(await readiness()).toEqual([200, "ready"]);
  });

  it("is 503 after a caller was refused for want of room, for ten seconds", async () => {
    const full = refusalOf({ code: "53100" });
    if (full) noteRefusal(full);
    expect(await readiness()).toEqual([503, "the database has no room left"]);
    if (full) noteRefusal(full, performance.now() - UNREADY_MS);
    expect(await readiness()).toEqual([200, "ready"]);
  });

  it("costs the pool no place, whatever it finds", () => {
    expect(pool().totalCount - pool().idleCount).toBe(0);
  });
});
