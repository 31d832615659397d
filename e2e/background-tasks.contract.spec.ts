import { jobAccepted, jobEvent, jobLimits, jobState } from "../app/(background-tasks)/contract";
import { A, B, expect, test } from "./fixtures";
import { call, newGuest } from "./support/guest";
import { order, postJob, startJob, stateOf, taskOf, untilStatus } from "./support/jobs";
import { openEvents } from "./support/sse";

const NOBODYS = "00000000-0000-4000-8000-000000000000";

test.describe("a job", () => {
  test("is accepted at once, done on some instance, and read on any", async () => {
    const guest = await newGuest();
    const response = await postJob(guest, "import", { sample: { rows: 90, bad: 6 } });
    expect(response.status).toBe(202);
    const { id } = jobAccepted.parse(await response.json());
    expect(response.headers.get("location")).toBe(`/api/jobs/${id}`);
    const state = await untilStatus(guest, id, "done", { base: B });
    expect(state.result).toMatchObject({ imported: 84, expected: 84, bad: 6 });
    expect(state.steps.map(({ name, status }) => [name, status])).toEqual([
      ["validate", "done"],
      ["batch 1", "done"],
      ["batch 2", "done"],
      ["batch 3", "done"],
      ["report", "done"],
    ]);
    expect(state.effects.map(({ step }) => step).sort()).toEqual(
      state.steps.map(({ name }) => name).sort(),
    );
  });

  test("has its history as a stream, which resumes, and ends with it", async () => {
    const guest = await newGuest();
    const id = await startJob(guest, "deliver", { message: "hello" });
    const path = `/api/jobs/${id}/events`;
    const whole = await openEvents(guest, { path });
    await whole.over;
    const events = whole.events.map(({ event, data }) =>
      jobEvent.parse({ type: event, ...JSON.parse(data) }),
    );
    expect(events[0]).toMatchObject({ type: "job", status: "queued" });
    expect(events.at(-1)).toMatchObject({ type: "job", status: "done" });
    const told = new Set(events.map(({ type }) => type));
    expect(told).toEqual(new Set(["job", "sent", "step", "effect"]));
    const ids = whole.events.map((event) => Number(event.id));
    expect(ids).toEqual(ids.map((_, n) => n + 1));
    const rest = await openEvents(guest, { path, base: B, lastEventId: "2" });
    await rest.over;
    expect(rest.events.map((event) => Number(event.id))).toEqual(ids.slice(2));
    const none = await openEvents(guest, { path, lastEventId: whole.lastEventId() });
    expect(none.status).toBe(204);
  });

  test("that fails is tried again when it said, and then succeeds", async () => {
    const guest = await newGuest();
    const id = await startJob(guest, "deliver", {
      message: "again",
      faults: { failures: 2, retryAfterSeconds: 1 },
    });
    const retrying = await untilStatus(guest, id, "retrying");
    expect(retrying.dueAt).not.toBeNull();
    const state = await untilStatus(guest, id, "done");
    expect(state).toMatchObject({ attempt: 3, maxAttempts: 4, result: { delivered: "again" } });
    expect(state.effects).toHaveLength(1);
  });

  test("that always fails becomes a dead letter, blocks nobody, and can be replayed", async () => {
    test.setTimeout(90_000);
    const guest = await newGuest();
    const faults = { poison: true, failures: 4, retryAfterSeconds: 1 };
    const poisoned = await Promise.all(
      [1, 2, 3, 4, 5].map((n) => startJob(guest, "deliver", { message: `poison ${n}`, faults })),
    );
    await untilStatus(guest, poisoned[0] as string, "retrying");
    const good = await startJob(guest, "deliver", { message: "good" });
    await untilStatus(guest, good, "done", { timeout: 10_000 });
    for (const id of poisoned) {
      const dead = await untilStatus(guest, id, "dead", { timeout: 60_000 });
      expect(dead).toMatchObject({ attempt: 4, effects: [] });
      expect(dead.error).toContain("Poisoned");
    }
    const [id = ""] = poisoned;
    expect((await order(guest, good, "replay")).status).toBe(409);
    expect((await order(guest, id, "replay")).status).toBe(202);
    const state = await untilStatus(guest, id, "done");
    expect(state).toMatchObject({ round: 2, result: { delivered: "poison 1" } });
  });

  test("whose file is none of ours is a dead letter at once: no repetition would help", async () => {
    const guest = await newGuest();
    const id = await startJob(guest, "import", { csv: "hello,there\n1,2\n" });
    const dead = await untilStatus(guest, id, "dead");
    expect(dead).toMatchObject({
      attempt: 1,
      error: "The file's first line is not name,email,amount.",
    });
  });

  test("that sleeps or retries is cancelled at once, and stays so", async () => {
    const guest = await newGuest();
    const sleeping = await startJob(guest, "digest", { delaySeconds: 2 });
    const retrying = await startJob(guest, "deliver", {
      message: "x",
      faults: { failures: 3, retryAfterSeconds: 2 },
    });
    expect((await stateOf(guest, sleeping)).status).toBe("sleeping");
    await untilStatus(guest, retrying, "retrying");
    for (const id of [sleeping, retrying]) {
      const response = await order(guest, id, "cancel", B);
      expect([response.status, await response.json()]).toEqual([200, { id, status: "cancelled" }]);
    }
    // Long enough for both to have gone on: another job that sleeps as long is done by then.
    const witness = await startJob(guest, "digest", { delaySeconds: 3 });
    await untilStatus(guest, witness, "done");
    for (const id of [sleeping, retrying])
      expect(await stateOf(guest, id)).toMatchObject({ status: "cancelled", effects: [] });
  });
});

test.describe("a request", () => {
  test("with a key makes one job of fifty at once, on both instances", async () => {
    const guest = await newGuest();
    const headers = { "idempotency-key": '"fifty"' };
    const answers = await Promise.all(
      Array.from({ length: 50 }, async (_, n) => {
        const base = n % 2 ? A : B;
        const response = await postJob(guest, "deliver", { message: "once" }, { base, headers });
        return { status: response.status, body: await response.json() };
      }),
    );
    const accepted = answers.filter(({ status }) => status === 202);
    expect(accepted.length).toBeGreaterThan(0);
    expect(new Set(accepted.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(new Set(answers.map(({ status }) => status))).toEqual(
      new Set(accepted.length < 50 ? [202, 409] : [202]),
    );
    const again = await postJob(guest, "deliver", { message: "once" }, { headers });
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(await again.json()).toEqual(accepted[0]?.body);
    const other = await postJob(guest, "deliver", { message: "other" }, { headers });
    expect([other.status, (await other.json()).type]).toEqual([
      422,
      "/problems/idempotency-key-reused",
    ]);
    const page = await (await call("/api/jobs", { guest })).json();
    expect(page.jobs).toHaveLength(1);
  });

  test("that prefers to wait is answered with the result, or with 202 in time", async () => {
    const guest = await newGuest();
    const headers = { prefer: "respond-async, wait=15" };
    const done = await postJob(guest, "deliver", { message: "now" }, { headers });
    expect(done.status).toBe(200);
    expect(done.headers.get("preference-applied")).toBe("respond-async, wait=15");
    const state = jobState.parse(await done.json());
    expect(state).toMatchObject({ status: "done", result: { delivered: "now" } });
    expect(done.headers.get("content-location")).toBe(`/api/jobs/${state.id}`);

    const late = await postJob(
      guest,
      "digest",
      { delaySeconds: 60 },
      { headers: { prefer: "wait=1" } },
    );
    expect([late.status, late.headers.get("preference-applied")]).toEqual([202, "wait=1"]);
    const long = await postJob(guest, "import", { sample: { rows: 1 } }, { headers });
    expect([long.status, long.headers.get("preference-applied")]).toEqual([202, "respond-async"]);
    await order(guest, (await late.json()).id, "cancel");
  });

  test("that is wrong is told what to do", async () => {
    const guest = await newGuest();
    const bad: [string, unknown, number][] = [
      ["nonsense", {}, 404],
      ["deliver", {}, 400],
      ["deliver", { message: "" }, 400],
      ["deliver", { message: "x".repeat(501) }, 400],
      ["deliver", { message: "x", faults: { pauseMs: 1e9 } }, 400],
      ["deliver", { message: "x", userId: guest.userId }, 400],
      ["import", {}, 400],
      ["import", { csv: "x", sample: { rows: 1 } }, 400],
      ["import", { sample: { rows: jobLimits.csvRows + 1 } }, 400],
      ["import", { csv: "x".repeat(jobLimits.csvCharacters + 1) }, 400],
      ["import", { csv: "x".repeat(70_000) }, 413],
      ["digest", { delaySeconds: -1 }, 400],
    ];
    for (const [kind, input, status] of bad) {
      const response = await postJob(guest, kind, input);
      expect([kind, input, response.status]).toEqual([kind, input, status]);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
      expect((await response.json()).detail).toBeTruthy();
    }
    const key = await postJob(
      guest,
      "deliver",
      { message: "x" },
      { headers: { "idempotency-key": '"' } },
    );
    expect(key.status).toBe(400);
    expect((await call("/api/jobs?cursor=abc", { guest })).status).toBe(400);
    expect((await call("/api/jobs?limit=51", { guest })).status).toBe(400);
    expect((await postJob(undefined, "deliver", { message: "x" })).status).toBe(401);
  });

  test("for another's job finds nothing", async () => {
    const [owner, stranger] = [await newGuest(), await newGuest()];
    const id = await startJob(owner, "digest", { delaySeconds: 600 });
    for (const one of [id, NOBODYS, "nonsense"]) {
      const path = `/api/jobs/${one}`;
      const answers = await Promise.all([
        call(path, { guest: stranger }),
        call(`${path}/events`, { guest: stranger }),
        order(stranger, one, "cancel"),
        order(stranger, one, "replay"),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    }
    expect((await stateOf(owner, id)).status).toBe("sleeping");
    await order(owner, id, "cancel");
  });

  test("for the list goes through all jobs by its links", async () => {
    const guest = await newGuest();
    const made: string[] = [];
    for (let n = 0; n < 5; n++) made.unshift(await startJob(guest, "deliver", { message: `${n}` }));
    const seen: string[] = [];
    let next: string | undefined = "/api/jobs?limit=2";
    while (next) {
      const response: Response = await call(next, { guest, base: seen.length % 4 ? B : A });
      seen.push(...(await response.json()).jobs.map(({ id }: { id: string }) => id));
      next = /<([^>]+)>; rel="next"/.exec(response.headers.get("link") ?? "")?.[1];
    }
    expect(seen).toEqual(made);
  });

  test("beyond the limit is told to wait", async () => {
    const guest = await newGuest();
    const ids: string[] = [];
    for (let n = 0; n < jobLimits.active; n++)
      ids.push(await startJob(guest, "digest", { delaySeconds: 600 }));
    const refused = await postJob(guest, "digest", { delaySeconds: 600 });
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "5"]);
    await Promise.all(ids.map((id) => order(guest, id, "cancel")));
    expect((await postJob(guest, "digest", {})).status).toBe(202);
  });
});

test.describe("a task after the response", () => {
  test("is answered before it is done", async () => {
    const guest = await newGuest();
    const body = JSON.stringify({ note: "later", seconds: 1 });
    const response = await call("/api/tasks", { guest, method: "POST", body });
    expect(response.status).toBe(202);
    const task = await response.json();
    expect(task).toMatchObject({ status: "queued", instance: "A" });
    expect(response.headers.get("location")).toBe(`/api/tasks/${task.id}`);
    await expect.poll(async () => (await taskOf(guest, task.id, B)).status).toBe("done");
    const stranger = await newGuest();
    expect((await call(`/api/tasks/${task.id}`, { guest: stranger })).status).toBe(404);
  });
});
