import { articlesV2 } from "../../app/(versioning)/contract";
import { call, type Guest, newRoom } from "../support/guest";
import { png } from "../support/uploads";
import type { Seeds, Wanted } from "./requests";

/** What must not come of a generated request, since other tests run beside these. */
export interface Care {
  /** Whatever it allows would be done to others: only what it refuses is sent. */
  onlyRefused?: true;
  /** Takes what is long, heavy or for others out of it. */
  tame?(wanted: Wanted): Wanted;
}

const withQuery =
  (query: Record<string, (value: string) => string>) =>
  (wanted: Wanted): Wanted => {
    const tamed = Object.entries(wanted.query).map(([name, value]) => [
      name,
      query[name]?.(value) ?? value,
    ]);
    return { ...wanted, query: Object.fromEntries(tamed) };
  };
const withBody =
  (body: object) =>
  (wanted: Wanted): Wanted => {
    const { body: given } = wanted;
    if (typeof given?.value !== "object" || given.value === null) return wanted;
    const shared = Object.entries(body).filter(([name]) => name in (given.value as object));
    return {
      ...wanted,
      body: { ...given, value: { ...given.value, ...Object.fromEntries(shared) } },
    };
  };
/** Near the beginning: the deep pages of an instance are few, and other tests want them. */
const near = (value: string) => (/^\d{1,16}$/.test(value) ? String(Number(value) % 1_000) : value);

/** Two ways that name two versions are refused, and a moved clock may be past the end of one. */
const oneVersion: Care = {
  tame({ headers: { "X-API-Version": version, "Demo-Clock": clock, ...headers }, ...wanted }) {
    const wrong = {
      ...(version && !/^[12]$/.test(version) && { "X-API-Version": version }),
      ...(clock && Number.isNaN(Date.parse(clock)) && { "Demo-Clock": clock }),
    };
    return plainText({ ...wanted, headers: { ...headers, ...wrong } });
  },
};
/** What a schema cannot say: no control characters, and which tags there may be. */
function plainText(wanted: Wanted): Wanted {
  const { body } = wanted;
  const isDraft = typeof Object(body?.value).title === "string";
  if (!body || !isDraft || Object(body.value).title.length > 200) return wanted;
  const { tags, ...value } = Object(body.value);
  const named = Array.isArray(tags) ? { tags } : {};
  return {
    ...wanted,
    body: { ...body, value: { ...value, title: "A title", body: "Text", ...named } },
  };
}

export const care: Record<string, Care> = {
  ...Object.fromEntries(
    ["listArticles", "createArticle", "readArticle"].flatMap((one) => [
      [one, oneVersion],
      [`${one}ByPath`, oneVersion],
    ]),
  ),
  killInstance: {
    tame: (wanted) => ({ ...wanted, params: { name: `none-${wanted.params.name}` } }),
  },
  pullPlug: { onlyRefused: true },
  floodRoom: { tame: withBody({ messages: 2 }) },
  presignUpload: { tame: withBody({ size: 1_000 }) },
  beginMultipartUpload: { tame: withBody({ size: 10_000_000 }) },
  signParts: { tame: withBody({ parts: [{ number: 1 }] }) },
  say: {
    tame: withBody({ messages: [{ id: "m", role: "user", parts: [{ type: "text", text: "a" }] }] }),
  },
  startTask: { tame: withBody({ seconds: 0 }) },
  readItemsByOffset: { tame: withQuery({ offset: near }) },
  explainPage: { tame: withQuery({ depth: near }) },
  longPoll: {
    tame: (wanted) => ({ ...wanted, query: { ...wanted.query, timeout: "1" } }),
  },
  // A made-up cursor is always refused: some of the requests have none.
  readItemsByCursor: {
    tame({ query: { cursor, ...query }, ...wanted }) {
      const kept = cursor !== undefined && query.direction === "asc";
      return { ...wanted, query: { ...query, ...(kept && { cursor }) } };
    },
  },
  // The kind decides what the body is.
  startJob: {
    tame({ params, headers: { Prefer, ...headers }, ...wanted }) {
      const names = Object.keys(Object(wanted.body?.value));
      const job = names.includes("message")
        ? "deliver"
        : names.includes("batches")
          ? "import"
          : params.job;
      return {
        ...wanted,
        params: { ...params, ...(job && { job }) },
        headers: { ...headers, ...(Prefer && { Prefer: "wait=1" }) },
      };
    },
  },
};

const post = async (guest: Guest, path: string, body: unknown) => {
  const response = await call(path, { guest, method: "POST", body: JSON.stringify(body) });
  return response.json();
};

/** Makes what an address names, and answers its ids by the names of the parameters. */
export async function seedsFor(method: string, path: string, guest: Guest): Promise<Seeds> {
  if (path.startsWith("/api/events/")) return { userId: "me" };
  if (path.endsWith("/articles/{id}")) {
    const list = articlesV2.parse(await (await call("/api/v2/articles")).json());
    return { id: list.articles[0]?.id ?? "none", version: "v2" };
  }
  if (path.startsWith("/api/assistant/")) return { id: "generated" };
  if (path.startsWith("/api/chat/rooms/")) return { room: (await newRoom(guest)).name };
  // The segment is a kind for the POST of a job.
  if (path.startsWith("/api/jobs/{job}") && `${method} ${path}` !== "post /api/jobs/{job}")
    return { job: (await post(guest, "/api/jobs/deliver", { message: "a" })).id };
  if (path.startsWith("/api/tasks/"))
    return { id: (await post(guest, "/api/tasks", { note: "a" })).id };
  if (path.startsWith("/api/items/mine/")) await call("/api/items/mine", { guest, method: "PUT" });
  if (path.startsWith("/api/completions/")) {
    const response = await call("/api/completions", {
      guest,
      method: "POST",
      body: JSON.stringify({ prompt: "What is a cursor?" }),
    });
    await response.body?.cancel();
    return { id: response.headers.get("content-location")?.split("/").at(-1) ?? "" };
  }
  if (/^\/api\/uploads\/\{id\}\/(parts|complete)$/.test(path)) {
    const wanted = { name: "a", type: "text/plain", size: 10_000_000 };
    return { id: (await post(guest, "/api/uploads/multipart", wanted)).upload.id };
  }
  if (path.startsWith("/api/uploads/{id}")) {
    const form = new FormData();
    form.set("file", new Blob([png], { type: "image/png" }), "a.png");
    const headers = { authorization: `Bearer ${guest.token}` };
    const url = new URL(
      "/api/uploads/simple",
      process.env.PATTERNBOOK_A ?? "http://localhost:3100",
    );
    const response = await fetch(url, { method: "POST", body: form, headers });
    return { id: (await response.json()).id };
  }
  return {};
}

/** Ends what was begun. */
export async function clearAway(guest: Guest): Promise<void> {
  const { jobs } = await (await call("/api/jobs?limit=50", { guest })).json();
  for (const { id } of jobs) await call(`/api/jobs/${id}/cancel`, { guest, method: "POST" });
  const { items } = await (await call("/api/uploads?limit=100", { guest })).json();
  for (const { id } of items) await call(`/api/uploads/${id}`, { guest, method: "DELETE" });
  await post(guest, "/api/realtime/source", { action: "stop" });
}
