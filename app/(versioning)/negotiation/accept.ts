import Negotiator from "negotiator";
import { articleLimits } from "../contract";

const TOKEN = "[\\w!#$%&'*+.^`|~-]+";
const QUOTED = '"(?:[^"\\\\]|\\\\.)*"';
const WEIGHT = "(?:0(?:\\.\\d{0,3})?|1(?:\\.0{0,3})?)(?![^\\t ;,])";
const PARAMETER = `(?:[qQ]=${WEIGHT}|(?![qQ]=)${TOKEN}=(?:${TOKEN}|${QUOTED}))`;
/** One member of the list, RFC 9110, 12.5.1 and 12.4.2; the list may have empty ones (5.6.1.2). */
const RANGE = new RegExp(
  `[\\t ]*(?:(?:\\*/\\*|(?!\\*/)${TOKEN}/${TOKEN})[\\t ]*(?:;[\\t ]*(?:${PARAMETER}[\\t ]*)?)*)?(?:,|$)`,
  "y",
);

/** Whether this is a list of media ranges. The library takes whatever it gets, and guesses. */
export function isAccept(value: string): boolean {
  if (value.length > articleLimits.acceptCharacters) return false;
  RANGE.lastIndex = 0;
  while (RANGE.lastIndex < value.length) if (!RANGE.test(value)) return false;
  return true;
}

/**
 * Proactive negotiation (RFC 9110, 12.1): the offered type that the client weighs most, undefined
 * where it takes none. The most specific range counts for a type; between equal weights the more
 * specific range goes first, then the one the client has named first, then our own order.
 *
 * @param accept a valid one; without a range it says nothing, and everything will do
 */
export function negotiate(accept: string, offered: readonly string[]): string | undefined {
  const said = accept.replaceAll(/[\t ,]/g, "") === "" ? "*/*" : accept;
  return new Negotiator({ headers: { accept: said } }).mediaType(offered);
}

/** The versions that an Accept names, whether there is such a one or not; `q=0` names none. */
export function namedVersions(accept: string): number[] {
  return new Negotiator({ headers: { accept } })
    .mediaTypes()
    .flatMap((type) => versionNamedBy(type) ?? []);
}

/** The version in one of our media types; case does not count in a type (RFC 9110, 8.3.1). */
export function versionNamedBy(mediaType: string): number | undefined {
  const version = /^application\/vnd\.patternbook\.v(\d{1,4})\+json$/i.exec(mediaType)?.[1];
  return version === undefined ? undefined : Number(version);
}
