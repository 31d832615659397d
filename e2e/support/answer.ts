import { call, type Guest } from "./guest";

/** What of an answer must not depend on who calls the handler. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Of one answer, of its connection, or of the framing that Next and Node choose. */
export const INCIDENTAL = new Set([
  ...["date", "x-request-id", "x-lane", "server-timing"],
  ...["connection", "keep-alive", "content-length", "transfer-encoding"],
]);

/** Ids, times and counters differ from call to call; what they stand for does not. */
const normal = (text: string) =>
  text
    .replaceAll(/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g, "<uuid>")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")
    .replaceAll(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, "<token>")
    .replaceAll(/\d+(\.\d+)?/g, "<n>");

/** Asks, and answers what can be compared, and the lane that answered. */
export async function ask(
  base: string,
  path: string,
  init: RequestInit & { guest?: Guest } = {},
): Promise<Answer & { lane: string | null }> {
  const leaving = new AbortController();
  const response = await call(path, { ...init, base, signal: leaving.signal, redirect: "manual" });
  const body = await bodyOf(response);
  leaving.abort();
  const headers = [...response.headers].filter(([name]) => !INCIDENTAL.has(name));
  return {
    status: response.status,
    headers: Object.fromEntries(headers.map(([name, value]) => [name, normal(value)])),
    body: normal(body).replaceAll(base, "<origin>"),
    lane: response.headers.get("x-lane"),
  };
}

/** The content; of a stream of events, how it begins. */
export async function bodyOf(response: Response): Promise<string> {
  if (!response.headers.get("content-type")?.startsWith("text/event-stream"))
    return response.text();
  const reader = response.body?.getReader();
  const chunk = await reader?.read();
  await reader?.cancel();
  return new TextDecoder().decode(chunk?.value).split("\n", 1)[0] ?? "";
}
