import Negotiator from "negotiator";

const TOKEN = "[\\w!#$%&'*+.^`|~-]+";
const RANGE = new RegExp(`^(?:\\*/\\*|(?!\\*/)${TOKEN}/${TOKEN})$`);
const WEIGHT = /^[\t ]*q[\t ]*=[\t ]*"?(\d*(?:\.\d*)?)"?[\t ]*$/i;

/** The members of a list and the parameters of a member: what stands in quotes parts nothing. */
const MEMBER = /(?:[^",]|"(?:[^"\\]|\\.)*"?)+/g;
const PARAMETER = /(?:[^";]|"(?:[^"\\]|\\.)*"?)+/g;

/**
 * The media ranges of an Accept with their weights, and nothing else. It is read leniently, since a server
 * may disregard any of it (RFC 9110, 12.1 and 12.5.1), and a refusal helps nobody who cannot change the
 * header: a lone `*` is every type, as Java's clients have it; a weight may lack its zero or have more
 * digits; a member that is no range is passed over. Parameters say nothing here: ours have none, those of
 * JSON have no effect (RFC 8259, 11), and unknown ones are to be ignored (RFC 2045, 5).
 *
 * @returns `*\/*` where no range is left: the client has said nothing
 */
export function rangesOf(accept: string): string {
  const ranges = [...accept.matchAll(MEMBER)].flatMap(([member]) => {
    const [name = "", ...parameters] = member.match(PARAMETER) ?? [];
    const type = name.trim() === "*" ? "*/*" : name.trim();
    return RANGE.test(type) ? [`${type};q=${weightIn(parameters)}`] : [];
  });
  return ranges.join(", ") || "*/*";
}

/** From 0 to 1; a weight that is none does not count (RFC 9110, 12.4.2: without one it is 1). */
function weightIn(parameters: string[]): number {
  const given = parameters.flatMap((parameter) => WEIGHT.exec(parameter)?.[1] ?? []);
  const weight = Number.parseFloat(given[0] ?? "1");
  return Number.isNaN(weight) ? 1 : Math.min(weight, 1);
}

/**
 * Proactive negotiation (RFC 9110, 12.1): the offered type that the client weighs most, undefined
 * where it takes none. The most specific range counts for a type; between equal weights the more
 * specific range goes first, then the one the client has named first, then our own order.
 *
 * @param accept as rangesOf() gives it
 */
export function negotiate(accept: string, offered: readonly string[]): string | undefined {
  return new Negotiator({ headers: { accept } }).mediaType(offered);
}

/**
 * The versions that an Accept names, whether there is such a one or not; `q=0` names none.
 *
 * @param accept as rangesOf() gives it
 */
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
