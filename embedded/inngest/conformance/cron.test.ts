import { describe, expect, test } from "vitest";
import { startInngest } from "../index.ts";
import { client, startApp } from "./app.ts";
import { freshDatabase } from "./database.ts";
import type { Effect } from "./functions/tools.ts";
import { embedded, KEYS, until } from "./harness.ts";

describe.skipIf(!embedded)("a schedule over a restart", { timeout: 60_000 }, () => {
  test("no tick is lost, none comes twice", async () => {
    const database = await freshDatabase();
    const ticks: Effect[] = [];
    const app = await startApp();
    const options = { databaseUrl: database.url, apps: [app.url], ...KEYS, log: () => undefined };
    const serve = (url: string) =>
      app.serve(client(url, KEYS), {
        record: (effect) => effect.what === "tick" && ticks.push(effect),
        cron: "* * * * * *",
        slowMs: 0,
      });
    const first = await startInngest(options);
    serve(first.url);
    await until(() => ticks[1]);
    await first.stop();
    const before = ticks.length;
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(ticks).toHaveLength(before);

    const second = await startInngest(options);
    serve(second.url);
    await until(() => ticks[before + 4]);
    await second.stop();
    await app.stop();
    await database.drop();
    const seconds = ticks.map(({ value }) => Date.parse(String(value)) / 1_000).toSorted();
    expect(seconds).toEqual(seconds.map((_, i) => (seconds[0] as number) + i));
    expect(new Set(ticks.map(({ run }) => run)).size).toBe(ticks.length);
  });
});
