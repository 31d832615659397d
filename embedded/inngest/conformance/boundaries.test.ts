import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sign } from "../signature.ts";
import { client } from "./app.ts";
import { type Fresh, freshDatabase } from "./database.ts";
import { embedded, type Harness, KEYS, startHarness, until } from "./harness.ts";

// What is refused: strangers, forged calls and answers, what is not supported. Of this executor only.

describe.skipIf(!embedded)("boundaries", { timeout: 60_000 }, () => {
  let h: Harness;
  let database: Fresh;
  beforeAll(async () => {
    database = await freshDatabase();
    h = await startHarness(database.url);
    await until(() => h.log.find((line) => line.includes("functions are registered")));
  });
  afterAll(async () => {
    await h.stop();
    await database.drop();
  });

  const call = (headers: Record<string, string>) =>
    fetch(`${h.appUrl}?fnId=conformance-loop&stepId=step`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: "{}",
    });

  test("the app refuses calls that are unsigned, badly signed, or old", async () => {
    const now = Date.now();
    const other = KEYS.signingKey.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
    expect((await call({})).status).toBe(401);
    const forged = sign("{}", other, now);
    expect((await call({ "x-inngest-signature": forged })).status).toBe(401);
    const replayed = sign("{}", KEYS.signingKey, now - 6 * 60_000);
    expect((await call({ "x-inngest-signature": replayed })).status).toBe(401);
    const good = sign("{}", KEYS.signingKey, now);
    expect((await call({ "x-inngest-signature": good })).status).not.toBe(401);
  });

  test("events with another key are refused, and the API without the signing key", async () => {
    const stranger = client(h.url, { ...KEYS, eventKey: "guessed" });
    await expect(stranger.send({ name: "conformance/loop", data: {} })).rejects.toThrow("401");
    for (const path of ["/v1/runs/x", "/v1/events/x/runs", "/v1/runs/x/jobs"]) {
      expect((await fetch(`${h.url}${path}`)).status).toBe(401);
    }
    expect((await fetch(`${h.url}/fn/register`, { method: "POST", body: "{}" })).status).toBe(401);
  });

  test("what is no event is refused, and none of its batch is taken", async () => {
    const post = async (body: unknown) => {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      const answer = await fetch(`${h.url}/e/${KEYS.eventKey}`, { method: "POST", body: text });
      return answer.status;
    };
    expect(await post("{")).toBe(400);
    expect(await post({ data: {} })).toBe(400);
    expect(await post({ name: "inngest/function.failed", data: {} })).toBe(400);
    const tag = "half a batch";
    expect(await post([{ name: "conformance/loop", data: { tag } }, { name: 1 }])).toBe(400);
    expect(await post({ name: "x", data: { text: "x".repeat(4 * 1024 * 1024) } })).toBe(413);
    expect(h.seen(tag)).toEqual([]);
  });

  test("a send that the SDK repeats gets the same ids, and starts one run", async () => {
    const event = { name: "conformance/loop", data: { tag: "seeded" } };
    const seed = `${Date.now()},c2VlZGVkIQ==`;
    const send = async () => {
      const answer = await fetch(`${h.url}/e/${KEYS.eventKey}`, {
        method: "POST",
        headers: { "x-inngest-event-id-seed": seed },
        body: JSON.stringify([event]),
      });
      return ((await answer.json()) as { ids: string[] }).ids;
    };
    const ids = await send();
    expect(await send()).toEqual(ids);
    await h.ended(ids[0] as string);
    expect(h.seen("seeded")).toHaveLength(3);
  });

  test("text survives as it is: NUL, lone surrogates, long numbers as strings", async () => {
    const odd = { tag: "odd", text: "\u0000\ud800é😀", list: [1e21, -0.1, null] };
    const { ids } = await h.inngest.send({ name: "conformance/loop", data: odd });
    expect((await h.ended(ids[0] as string))[0]?.status).toBe("Completed");
  });

  test("an op that is not supported ends its run, and says so", async () => {
    const { eventId } = await h.send("signal");
    expect((await h.ended(eventId))[0]).toMatchObject({
      status: "Failed",
      output: { message: expect.stringContaining("does not support the op WaitForSignal") },
    });
  });

  test("a run that is not there is 404, as is what the API does not have", async () => {
    expect((await h.api("/v1/runs/01ARZ3NDEKTSV4RRFFQ69G5FAV")).status).toBe(404);
    expect((await h.api("/v1/signals", "POST", {})).status).toBe(404);
  });

  test("POST /v1/cancellations ends the runs of a time that match", async () => {
    const kept = await h.send("cancel", { user: "kept" });
    const gone = await h.send("cancel", { user: "gone" });
    await until(() => (h.seen(kept.tag)[0] && h.seen(gone.tag)[0] ? true : undefined));
    const answer = await h.api("/v1/cancellations", "POST", {
      app_id: "conformance",
      function_id: "cancel",
      started_before: new Date(Date.now() + 1_000).toISOString(),
      if: "event.data.user == 'gone'",
    });
    expect(answer.status).toBe(200);
    expect((await h.ended(gone.eventId))[0]?.status).toBe("Cancelled");
    expect((await h.ended(kept.eventId))[0]?.status).toBe("Completed");
  });
});
