import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import canonicalize from "canonicalize";
import { Inngest } from "inngest";
import { serve } from "inngest/node";
import { describe, expect, test } from "vitest";
import { startInngest } from "../index.ts";
import { sign } from "../signature.ts";
import { freshDatabase } from "./database.ts";
import { embedded, KEYS, until } from "./harness.ts";

// Apps that the executor must not trust, or cannot rely on. Of this executor only.

describe.skipIf(!embedded)("apps", { timeout: 60_000 }, () => {
  test("a function that asks for more than is honoured is not registered, loudly", async () => {
    let handle: ReturnType<typeof serve> | undefined;
    const app = await listen((request, response) => void handle?.(request, response));
    const { log, url, stop } = await startBeside(address(app));
    const inngest = new Inngest({ id: "greedy", baseUrl: url, ...KEYS, isDev: false });
    const throttle = { limit: 1, period: "1m" } as const;
    const greedy = { id: "greedy", throttle, triggers: { event: "greedy" } };
    handle = serve({
      client: inngest,
      functions: [inngest.createFunction(greedy, async () => null)],
    });
    const line = await until(() => log.find((each) => each.includes("not supported here")));
    expect(line).toContain("greedy-greedy is not registered; not supported here: throttle");
    await stop();
    app.close();
  });

  test("a function that is refused keeps no other one from being registered and run", async () => {
    let handle: ReturnType<typeof serve> | undefined;
    const app = await listen((request, response) => void handle?.(request, response));
    const { log, url, stop } = await startBeside(address(app));
    const inngest = new Inngest({ id: "beside", baseUrl: url, ...KEYS, isDev: false });
    const ran: string[] = [];
    const on = (id: string, event: string) =>
      inngest.createFunction({ id, triggers: { event } }, async (ctx) => {
        await ctx.step.run("note", () => ran.push(`${id} ${ctx.event.name}`));
      });
    handle = serve({
      client: inngest,
      functions: [on("bad", "beside/us*er"), on("plain", "beside/user.created")],
    });
    await until(() => log.find((each) => each.includes("not supported here: the wildcard")));
    await inngest.send({ name: "beside/user.created", data: {} });
    await until(() => ran[0]);
    expect(ran).toEqual(["plain beside/user.created"]);
    await stop();
    app.close();
  });

  test("a wildcard at the end of a trigger takes every event that begins so", async () => {
    let handle: ReturnType<typeof serve> | undefined;
    const app = await listen((request, response) => void handle?.(request, response));
    const { log, url, stop } = await startBeside(address(app));
    const inngest = new Inngest({ id: "wild", baseUrl: url, ...KEYS, isDev: false });
    const ran: string[] = [];
    const on = (id: string, event: string) =>
      inngest.createFunction({ id, triggers: { event } }, async (ctx) => {
        await ctx.step.run("note", () => ran.push(`${id} ${ctx.event.name}`));
      });
    handle = serve({
      client: inngest,
      functions: [on("all", "wild/*"), on("user", "wild/user.*"), on("one", "wild/user.created")],
    });
    await until(() => log.find((each) => each.includes("3 functions are registered")));
    for (const name of ["wild/user.created", "wild/user.x.y", "wild/userx", "wild/", "wilder/a"])
      await inngest.send({ name, data: {} });
    await until(() => (ran.length >= 6 ? true : undefined));
    expect(ran.toSorted()).toEqual([
      "all wild/user.created",
      "all wild/user.x.y",
      "all wild/userx",
      "one wild/user.created",
      "user wild/user.created",
      "user wild/user.x.y",
    ]);
    await stop();
    app.close();
  });

  test("a run whose function is registered no more, or refused now, fails instead of waiting for ever", async () => {
    let handle: ReturnType<typeof serve> | undefined;
    const app = await listen((request, response) => void handle?.(request, response));
    // A minute of the executor passes at once.
    let ahead = 0;
    const { log, url, stop } = await startBeside(address(app), () => Date.now() + ahead);
    const inngest = new Inngest({ id: "gone", baseUrl: url, ...KEYS, isDev: false });
    const slow = (id: string, more: object) =>
      inngest.createFunction({ id, triggers: { event: `gone/${id}` }, ...more }, async (ctx) => {
        // Longer than until its functions are asked for again.
        await ctx.step.sleep("nap", "13s");
      });
    const throttle = { limit: 1, period: "1m" } as const;
    handle = serve({ client: inngest, functions: [slow("removed", {}), slow("changed", {})] });
    await until(() => log.find((line) => line.includes("2 functions are registered")));
    const { ids } = await inngest.send(
      ["removed", "changed"].map((id) => ({ name: `gone/${id}`, data: {} })),
    );
    const runOf = async (eventId: string) => {
      const headers = { authorization: `Bearer ${KEYS.signingKey}` };
      const answer = await fetch(`${url}/v1/events/${eventId}/runs`, { headers });
      return (await answer.json()).data[0];
    };
    for (const id of ids)
      await until(async () => (await runOf(id))?.status === "Running" || undefined);

    handle = serve({ client: inngest, functions: [slow("changed", { throttle })] });
    await until(() => log.find((line) => line.includes("not supported here: throttle")));
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    for (const id of ids) expect((await runOf(id)).status).toBe("Running");
    ahead = 61_000;
    for (const id of ids) {
      const failed = await until(async () => {
        const run = await runOf(id);
        return run.status === "Failed" ? run : undefined;
      });
      expect(failed.output.message).toMatch(/^The function gone-\w+ is not registered any more/);
    }
    await stop();
    app.close();
  });

  test("answers that are not signed with the key count for nothing", async () => {
    const signature = (body: string) => sign(body, KEYS.signingKey, Date.now() - 6 * 60_000);
    const forger = await listen(fakeApp(signature, (answer) => answer('"forged"')));
    const { log, stop } = await startBeside(address(forger));
    // A registration that is not signed is not taken either.
    await until(() => log.find((line) => line.includes("signature")));
    expect(log.join()).not.toContain("functions are registered");
    await stop();
    forger.close();
  });

  test("a call that is made again within a second is signed anew", async () => {
    const signatures: unknown[] = [];
    const signature = (body: string) => sign(body, KEYS.signingKey, Date.now());
    const silent = await listen(
      fakeApp(signature, (answer, request) => {
        signatures.push(request.headers["x-inngest-signature"]);
        if (signatures.length < 3) request.socket.destroy();
        else answer("null");
      }),
    );
    // The clock stands still: what follows must differ by something else.
    const began = Date.now();
    const { log, url, stop } = await startBeside(address(silent), () => began);
    await until(() => log.find((line) => line.includes("functions are registered")));
    const body = JSON.stringify({ name: "fake", data: {} });
    await fetch(`${url}/e/${KEYS.eventKey}`, { method: "POST", body });
    await until(() => (signatures.length >= 3 ? true : undefined));
    expect(new Set(signatures).size).toBe(3);
    await stop();
    silent.close();
  });
});

/** Another executor, over a database of its own. */
async function startBeside(app: string, now = Date.now) {
  const database = await freshDatabase();
  const log: string[] = [];
  const options = { databaseUrl: database.url, apps: [app], ...KEYS, now };
  const executor = await startInngest({ ...options, log: (line) => log.push(line) });
  await executor.ready;
  return {
    url: executor.url,
    log,
    async stop() {
      await executor.stop();
      await database.drop();
    },
  };
}

/** An app without an SDK: one function, its answers signed like this. */
function fakeApp(
  signature: (body: string) => string,
  onCall: (answer: (body: string) => void, request: IncomingMessage) => void,
) {
  return (request: IncomingMessage, response: ServerResponse) => {
    request.resume();
    const answer = (body: string) =>
      response
        .writeHead(200, {
          "x-inngest-sdk": "js:v4.24.0",
          "x-inngest-signature": signature(body),
          "content-type": "application/json",
        })
        .end(body);
    if (request.method !== "PUT") return onCall(answer, request);
    const step = {
      runtime: { type: "http", url: "http://127.0.0.1" },
      retries: { attempts: 0 },
    };
    const functions = [{ id: "fake-fn", triggers: [{ event: "fake" }], steps: { step } }];
    answer(canonicalize({ app_id: "fake", functions }) as string);
  };
}

async function listen(handler: Parameters<typeof createServer>[1]): Promise<Server> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

const address = (server: Server) =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/inngest`;
