import { randomUUID } from "node:crypto";
import { afterAll, expect, it } from "vitest";
import { bus } from "@/lib/bus";
import { pool } from "@/lib/db/pool";
import { log } from "@/lib/log";
import { revocations } from "@/lib/session/revocations";
import { tokens } from "@/lib/session/session";
import { isLoggedOut } from "./logged-out";

afterAll(async () => {
  log().close();
  await bus().close();
  await pool().end();
});

it("a reader of several cookies is logged out only where none of them is good", async () => {
  const issue = () => tokens().issue({ userId: randomUUID(), name: "Reader" });
  const [here, gone] = [await issue(), await issue()];
  await revocations().revoke(gone.identity.sessionId);
  const by = (...all: string[]) =>
    isLoggedOut(
      new Request("http://localhost/", {
        headers: { cookie: all.map((token) => `session=${token}`).join("; ") },
      }),
    );
  expect(await by("junk", gone.token)).toBe(true);
  expect(await by(gone.token, here.token)).toBe(false);
  expect(await by("junk", "a.b.c")).toBe(false);
});
