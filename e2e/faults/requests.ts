import type { Guest } from "../support/guest";
import { png } from "../support/uploads";

/** A request that its handler cannot answer without the database. */
interface Needy {
  /** Values for the segments of its address; the rest comes from `seedsFor`. */
  params?: Record<string, string>;
  query?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

const file = { name: "a", type: "text/plain", size: 10_000_000 };
const draft = { title: "A title", body: "Text" };
const pictures = () => {
  const form = new FormData();
  form.set("file", new Blob([png], { type: "image/png" }), "a.png");
  return form;
};

/** What needs the database, by operation. */
export const needy: Record<string, Needy> = {
  startJob: { params: { job: "deliver" }, body: { message: "a" } },
  readJob: {},
  listJobs: {},
  streamJob: {},
  cancelJob: { body: {} },
  replayJob: { body: {} },
  listCronRuns: {},
  startTask: { body: { note: "a" } },
  listTasks: {},
  readTask: {},
  listRooms: {},
  makeRoom: { body: { isPrivate: true, title: "Away" } },
  addMember: { body: { userId: "00000000-0000-4000-8000-000000000000" } },
  readMessages: {},
  floodRoom: { body: { messages: 1 } },
  readChatPulse: {},
  publishEvent: { body: { type: "note", payload: "a" } },
  askModel: { body: { prompt: "What is a cursor?" } },
  readCompletion: {},
  streamCompletion: {},
  stopCompletion: { body: {} },
  say: {
    body: {
      id: "away",
      messages: [{ id: "m", role: "user", parts: [{ type: "text", text: "a" }] }],
    },
  },
  readConversation: {},
  streamAnswer: {},
  listUploads: {},
  readUpload: {},
  deleteUpload: {},
  downloadUpload: {},
  uploadSimply: { body: pictures },
  uploadStream: { query: "?name=a", body: new Uint8Array(10) },
  uploadStreamForm: { body: pictures },
  presignUpload: { body: { ...file, size: 1_000 } },
  beginMultipartUpload: { body: file },
  listParts: {},
  signParts: { body: { parts: [{ number: 1 }] } },
  completeUpload: { body: {} },
  readItemsByOffset: { query: "?offset=20" },
  readItemsByCursor: {},
  explainPage: { query: "?way=cursor&depth=20" },
  ensureOwnList: {},
  replaceOwnList: {},
  churnOwnList: { body: { writes: [{ kind: "insert" }] } },
  readWholeOwnList: { query: "?sort=time&direction=asc" },
  poll: {},
  longPoll: { query: "?timeout=20" },
  commandSource: { body: { action: "start", rate: 1, payloadBytes: 64 } },
  readRealtimeStats: {},
  listArticles: {},
  createArticle: { body: draft },
  readArticle: {},
  listArticlesByPath: { params: { version: "v2" } },
  createArticleByPath: { params: { version: "v2" }, body: draft },
  readArticleByPath: {},
  beginSession: { body: { bearer: true } },
  endSession: {},
};

/**
 * EventSource gives up for good after any status but 200: these answer with a stream, which says
 * when to come back, and is cut.
 */
export const streams = ["streamJobs", "readEvents", "streamEntries"];

/** What goes on without the database: how the process is, and who asks, which is in the token. */
export const independent: Record<string, string> = {
  readEventPulse: "/api/events/pulse",
  readMemory: "/api/uploads/memory",
  readData: "/api/data",
  searchPatterns: "/api/search?q=cursor",
  readSession: "/api/session",
  listInstances: "/api/instances",
  readOpenApi: "/api/openapi.json",
};

/** Redis' matter, the executor's signed calls, and the end of a process. */
export const others = ["spend", "readLimitState", "pullPlug"].concat(
  ["inspectFunctions", "registerFunctions", "runStep"],
  ["killInstance"],
);

/** An answer as it can be compared, and how long it took. */
export interface Told {
  status: number | string;
  type: string | null;
  retryAfter: string | null;
  ms: number;
}

const PATIENCE_MS = 15_000;

export async function send(
  guest: Guest,
  method: string,
  path: string,
  { query = "", body, headers }: Needy = {},
): Promise<Told> {
  const begun = performance.now();
  const raw = body instanceof Uint8Array || typeof body === "function";
  const content = typeof body === "function" ? body() : body;
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const response = await fetch(new URL(path + query, guest.base), {
    method: method.toUpperCase(),
    signal,
    headers: {
      authorization: `Bearer ${guest.token}`,
      ...(body instanceof Uint8Array && { "content-type": "application/octet-stream" }),
      ...(body !== undefined && !raw && { "content-type": "application/json" }),
      ...headers,
    },
    ...(body !== undefined && { body: raw ? content : JSON.stringify(body) }),
  }).catch(() => null);
  // A stream is told from a refusal by its end.
  await response?.text().catch(() => "cut");
  return {
    status: response?.status ?? "no answer",
    type: response?.headers.get("content-type") ?? null,
    retryAfter: response?.headers.get("retry-after") ?? null,
    ms: performance.now() - begun,
  };
}
