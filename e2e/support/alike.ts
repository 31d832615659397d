import { type Answer, bodyOf, INCIDENTAL } from "./answer";

/** Headers that count what was asked before. */
const COUNTERS = /^(ratelimit|retry-after|age)/;

/**
 * An answer, but for what differs from one to the next in any case: the ids that were asked with,
 * those that are new, and times. Numbers stay: how many of something there are tells that it is there.
 */
export async function alike(response: Response, ids: string[]): Promise<Answer> {
  const known = (text: string) =>
    ids
      .reduce((left, id) => left.replaceAll(id, "<id>"), text)
      .replaceAll(/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g, "<id>")
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")
      .replaceAll(/\b\d{13}(\.\d+)?\b/g, "<time>");
  const headers = [...response.headers].filter(
    ([name]) => !INCIDENTAL.has(name) && !COUNTERS.test(name),
  );
  return {
    status: response.status,
    headers: Object.fromEntries(headers.map(([name, value]) => [name, known(value)])),
    body: known(await bodyOf(response)),
  };
}
