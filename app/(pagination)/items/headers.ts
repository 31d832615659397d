/** `Link` (RFC 8288): relations to relative URLs, which hold behind any proxy. */
export function linkHeader(links: Record<string, string | null>): Record<string, string> {
  const given = Object.entries(links).filter(([, url]) => url !== null);
  if (given.length === 0) return {};
  return { link: given.map(([relation, url]) => `<${url}>; rel="${relation}"`).join(", ") };
}

/** `Server-Timing` (W3C): a duration in milliseconds for each name. */
export const serverTiming = (durations: Record<string, number>) => ({
  "server-timing": Object.entries(durations)
    .map(([name, ms]) => `${name};dur=${ms.toFixed(2)}`)
    .join(", "),
});

/** A relative URL with these parameters; those without a value are left out. */
export function urlOf(path: string, parameters: Record<string, string | number | undefined>) {
  const given = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return `${path}?${new URLSearchParams(given)}`;
}
