import { randomUUID } from "node:crypto";
import type { Wanted } from "../openapi/requests";
import { mine, type Thing } from "./belongings";
import type { Guest } from "./guest";

/** A request that names something of somebody's. */
export interface Question {
  of: Thing;
  /** The request for an id, by whoever asks. */
  ask(id: string, asker: Guest | undefined): Partial<Wanted>;
  /** Why whose it is shows in no answer, not even in its owner's. */
  alike?: string;
}

const json = (value: unknown) => ({ type: "application/json", value });
const inPath =
  (name: string, more: Partial<Wanted> = {}) =>
  (id: string): Partial<Wanted> => ({ ...more, params: { ...more.params, [name]: id } });
const ofPath = (name: string, of: Thing, more?: Partial<Wanted>) => ({
  [`path:${name}`]: { of, ask: inPath(name, more) },
});
const ofRun = (query: Record<string, string> = {}) => ({
  of: "run" as const,
  ask: (run: string) => ({ query: { ...query, run } }),
  alike: "it is a mark that the reader chooses: bytes are added up under it, for stats",
});
/** Signed for the list of one user: another's is refused as a forged one is. */
const ofCursor = (of: "jobsCursor" | "uploadsCursor") => ({
  of,
  ask: (cursor: string) => ({ query: { cursor } }),
});
const text = (id: string, chat: string) => ({
  body: json({
    id: chat,
    messages: [{ id, role: "user", parts: [{ type: "text", text: "What is a cursor?" }] }],
  }),
});
const ownConversation = "everybody has conversations and messages of every id, and only their own";

/** By operation and by place: every place of the API that names what somebody has. */
export const questions: Record<string, Record<string, Question>> = {
  readJob: ofPath("job", "job"),
  streamJob: ofPath("job", "job"),
  cancelJob: ofPath("job", "job"),
  replayJob: ofPath("job", "job", { body: json({}) }),
  listJobs: { "query:cursor": ofCursor("jobsCursor") },
  startJob: {
    "header:Idempotency-Key": {
      of: "jobKey",
      ask: (key) => ({
        ...{ params: { job: "digest" }, body: json(mine.job) },
        headers: { "Idempotency-Key": key },
      }),
    },
  },
  readTask: ofPath("id", "task"),
  addMember: {
    "path:room": {
      of: "room",
      ask: (room, asker) => ({
        ...{ params: { room }, body: json({ userId: asker?.userId ?? randomUUID() }) },
      }),
    },
  },
  readMessages: ofPath("room", "room"),
  floodRoom: ofPath("room", "room", { body: json({ messages: 1, characters: 10 }) }),
  publishEvent: {
    "header:Idempotency-Key": {
      of: "eventKey",
      ask: (key) => ({ body: json(mine.event), headers: { "Idempotency-Key": key } }),
    },
  },
  readEvents: ofPath("userId", "user"),
  readCompletion: ofPath("id", "completion"),
  streamCompletion: ofPath("id", "completion"),
  stopCompletion: ofPath("id", "completion"),
  say: {
    "body:id": { of: "conversation", ask: (id) => text(randomUUID(), id), alike: ownConversation },
    "body:messages.id": { of: "said", ask: (id) => text(id, randomUUID()), alike: ownConversation },
  },
  readConversation: ofPath("id", "conversation"),
  streamAnswer: {
    "path:id": {
      ...{ of: "conversation", ask: inPath("id") },
      alike: "nothing is being answered: the test after the matrix looks while something is",
    },
  },
  listUploads: { "query:cursor": ofCursor("uploadsCursor") },
  readUpload: ofPath("id", "upload"),
  deleteUpload: ofPath("id", "upload"),
  downloadUpload: ofPath("id", "upload"),
  listParts: ofPath("id", "partial"),
  signParts: ofPath("id", "partial", { body: json({ parts: [{ number: 1 }] }) }),
  completeUpload: ofPath("id", "partial"),
  readItemsByCursor: {
    "query:cursor": {
      of: "itemsCursor",
      ask: (cursor) => ({ query: { list: "mine", limit: "2", cursor } }),
    },
  },
  churnOwnList: {
    "body:writes.id": {
      of: "item",
      ask: (id) => ({ body: json({ writes: [{ kind: "delete", id }] }) }),
    },
  },
  poll: { "query:run": ofRun() },
  longPoll: { "query:run": ofRun({ timeout: "1" }) },
  streamEntries: { "query:run": ofRun() },
  readRealtimeStats: { "query:run": { of: "run", ask: (run) => ({ query: { run } }) } },
  readArticle: ofPath("id", "article"),
  readArticleByPath: ofPath("id", "article", { params: { version: "v2" } }),
};

/** Places that name what is everybody's, by design. */
export const everybodys: Record<string, string> = {
  "startJob path:job": "a kind of job",
  "spend path:algorithm": "a rate-limiting algorithm: counted for whoever asks",
  "readLimitState path:algorithm": "a rate-limiting algorithm: the state is that of whoever asks",
  "killInstance path:name":
    "an instance of the demo: its page says who may be killed, and lets everyone",
  "makeRoom body:name": "the name of a public room: everyone may read, write and find those",
  "addMember body:userId":
    "a guest who is let in: the id is public, it stands on each of their messages",
  ...Object.fromEntries(
    ["listArticlesByPath", "createArticleByPath", "readArticleByPath"].map((operation) => [
      `${operation} path:version`,
      "a version of the API",
    ]),
  ),
};

/** Places that say how, how much, or with what content. What names a thing stands above. */
export const plain = new Set([
  ...["query:after", "query:before", "query:limit", "query:offset", "query:depth", "query:total"],
  ...[
    "query:sort",
    "query:direction",
    "query:category",
    "query:list",
    "query:way",
    "query:timeout",
  ],
  ...["query:store", "query:weight", "query:down", "query:q", "query:name"],
  ...["header:Prefer", "header:Last-Event-ID", "header:Range", "header:If-Range"],
  ...["header:If-None-Match", "header:Content-Digest", "header:Repr-Digest"],
  ...["header:X-API-Version", "header:Demo-Clock"],
  ...["csv", "sample.rows", "sample.bad", "batches", "delaySeconds", "message", "keepFaults"].map(
    body,
  ),
  ...["pauseMs", "failures", "retryAfterSeconds", "poison"].map((name) => `body:faults.${name}`),
  ...["note", "seconds", "isPrivate", "name", "title", "messages", "characters"].map(body),
  ...["type", "payload", "prompt", "messages.role", "messages.parts.type"].map(body),
  ...["messages.parts.text", "file", "size", "sha256", "method", "expiresIn"].map(body),
  ...["parts.number", "parts.sha256", "writes.kind", "fault", "rate", "payloadBytes"].map(body),
  ...["action", "tags", "body", "language", "bearer"].map(body),
]);

function body(name: string): string {
  return `body:${name}`;
}
