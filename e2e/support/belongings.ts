import { randomBytes, randomUUID } from "node:crypto";
import { expect } from "../fixtures";
import { call, type Guest } from "./guest";
import { openEvents } from "./sse";
import { created, png, postForm, rawForm } from "./uploads";

const PATIENCE = { timeout: 30_000 };

export type Belongings = Awaited<ReturnType<typeof makeBelongings>>;
/** What a request can name of somebody's. */
export type Thing = keyof Belongings;

/** Gives a guest one of everything, all of it at rest, and answers its ids. */
export async function makeBelongings(guest: Guest) {
  const send = async (method: string, path: string, body?: unknown, headers?: HeadersInit) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const response = await call(path, { guest, method, body: text, headers });
    expect(response.status, `${method} ${path}`).toBeLessThan(300);
    return response;
  };
  const made = async (method: string, path: string, body?: unknown, headers?: HeadersInit) =>
    (await send(method, path, body, headers)).json();

  const [jobKey, eventKey] = [randomUUID(), randomUUID()];
  const later = { delaySeconds: 3_600 };
  await made("POST", "/api/jobs/digest", later);
  const job = await made("POST", "/api/jobs/digest", later, { "idempotency-key": jobKey });
  const task = await made("POST", "/api/tasks", { note: "Mine" });
  await send("POST", "/api/events", mine.event, { "idempotency-key": eventKey });

  const { name: room } = await made("POST", "/api/chat/rooms", { isPrivate: true, title: "Mine" });
  await send("POST", `/api/chat/rooms/${room}/flood`, { messages: 1, characters: 10 });
  const { messages } = await made("GET", `/api/chat/rooms/${room}/messages`);

  const [conversation, said] = [randomUUID(), randomUUID()];
  const parts = [{ type: "text", text: "What is a cursor?" }];
  const talk = { id: conversation, messages: [{ id: said, role: "user", parts }] };
  await stopped(guest, await send("POST", "/api/assistant", talk));
  const prompt = { prompt: "What is a cursor?" };
  const completion = await stopped(guest, await send("POST", "/api/completions", prompt));

  const form = () =>
    postForm(guest, "simple", rawForm({ name: "mine.png", type: "image/png", bytes: png }));
  const [, { id: upload }] = [await created(await form()), await created(await form())];
  const large = { name: "large", type: "text/plain", size: 10_000_000 };
  const { upload: partial } = await made("POST", "/api/uploads/multipart", large);
  const { id: article } = await made("POST", "/api/v2/articles", { title: "Mine", body: "Mine" });

  await send("PUT", "/api/items/mine");
  const { ids } = await made("POST", "/api/items/mine/churn", { writes: [{ kind: "insert" }] });
  const page = await made("GET", "/api/items/cursor?list=mine&limit=2");
  const run = randomUUID();
  await send("GET", `/api/realtime/poll?run=${run}`);

  const jobs = await send("GET", "/api/jobs?limit=1");
  const jobsCursor = /cursor=([\w-]+)/.exec(jobs.headers.get("link") ?? "")?.[1] ?? "";
  const { nextCursor: uploadsCursor } = await made("GET", "/api/uploads?limit=1");
  const settled = async () => (await made("GET", `/api/tasks/${task.id}`)).status;
  await expect.poll(settled, PATIENCE).toBe("done");

  return {
    ...{ user: guest.userId, job: job.id as string, jobKey, jobsCursor, task: task.id as string },
    ...{ eventKey, room: room as string, message: messages[0].id as string, conversation, said },
    ...{
      completion,
      upload,
      partial: partial.id as string,
      uploadsCursor: uploadsCursor as string,
    },
    ...{ article: article as string, item: ids[0] as string, run },
    itemsCursor: page.next_cursor as string,
  };
}

/** What the keys of idempotency belong to. */
export const mine = {
  event: { type: "note", payload: "Mine" },
  job: { delaySeconds: 3_600 },
} as const;

async function stopped(guest: Guest, answer: Response): Promise<string> {
  const path = answer.headers.get("content-location") ?? "";
  await answer.body?.cancel();
  await call(`${path}/stop`, { guest, method: "POST" });
  const status = async () => (await (await call(path, { guest })).json()).status;
  await expect.poll(status, PATIENCE).not.toBe("running");
  return path.split("/").at(-1) ?? "";
}

/** An id of the same form that nobody has. */
export function strange(thing: Thing, id: string): string {
  if (thing === "room") return `p-${randomBytes(12).toString("hex")}`;
  if (thing === "item") return String(2 ** 52 - 1);
  // Another signature, which is what one of somebody else's list has.
  if (thing.endsWith("Cursor")) return id.slice(0, 8) + (id[8] === "A" ? "B" : "A") + id.slice(9);
  return randomUUID();
}

/** Everything that a guest has, as they read it; what others may change is left out. */
export async function everythingOf(guest: Guest, has: Belongings): Promise<string[]> {
  const rooms = await (await call("/api/chat/rooms", { guest })).json();
  const own = rooms.pinned.filter(({ isPrivate }: { isPrivate: boolean }) => isPrivate);
  const pages = [
    ...["/api/session", "/api/jobs?limit=50", "/api/tasks", `/api/jobs/${has.job}`],
    ...[`/api/chat/rooms/${has.room}/messages`, `/api/assistant/${has.conversation}`],
    ...[`/api/completions/${has.completion}`, "/api/uploads?limit=100"],
    ...[`/api/uploads/${has.upload}/content`, `/api/uploads/${has.partial}/parts`],
    ...[`/api/v2/articles/${has.article}`, "/api/items/mine/truth", "/api/realtime/poll"],
  ];
  const bodies = await Promise.all(
    pages.map(async (path) => {
      const response = await call(path, { guest });
      return `${path} ${response.status} ${await response.text()}`;
    }),
  );
  return [JSON.stringify(own), ...bodies, JSON.stringify(await eventsOf(guest))];
}

async function eventsOf(guest: Guest): Promise<unknown[]> {
  const reading = await openEvents(guest, { lastEventId: "0" });
  const caughtUp = () => reading.events.some(({ event }) => event === "live");
  await expect.poll(caughtUp, { ...PATIENCE, intervals: [5, 20, 100] }).toBe(true);
  reading.close();
  return reading.events;
}
