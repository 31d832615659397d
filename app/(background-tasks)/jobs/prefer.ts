import { jobLimits } from "../contract";

/** What a client would like (RFC 7240). Unknown and malformed preferences are passed over (section 2). */
export interface Preferences {
  respondAsync: boolean;
  /** Seconds that it is willing to wait, as many as are granted. */
  wait: number | undefined;
}

const preference =
  /^([!#$%&'*+.^`|~\w-]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s";,]+)))?\s*(?:;.*)?$/;

/** Reads the Prefer field, whatever number of lines it came in. Of one name, the first counts. */
export function parsePrefer(header: string | null): Preferences {
  const found = new Map<string, string>();
  for (const item of splitList(header ?? "")) {
    const [, name, quoted, bare] = preference.exec(item.trim()) ?? [];
    if (name && !found.has(name.toLowerCase())) found.set(name.toLowerCase(), quoted ?? bare ?? "");
  }
  const wait = found.get("wait") ?? "";
  return {
    respondAsync: found.has("respond-async"),
    wait: /^\d{1,9}$/.test(wait) ? Math.min(Number(wait), jobLimits.waitSeconds) : undefined,
  };
}

/** Splits at commas outside of quoted strings. */
const splitList = (text: string) => text.match(/(?:"(?:[^"\\]|\\.)*"|[^,"]|")+/g) ?? [];

/** The Preference-Applied of an answer (section 3); undefined for none. */
export function applied({ respondAsync, wait }: Preferences, waited: boolean): string | undefined {
  const names = [respondAsync && "respond-async", waited && `wait=${wait}`].filter(Boolean);
  return names.length > 0 ? names.join(", ") : undefined;
}
