import {
  defaultVersion,
  mediaTypeOf,
  PLAIN_JSON,
  VERSION_HEADER,
  type Version,
  versions,
} from "../contract";
import { servedVersions } from "../life-cycle/phase";
import { namedVersions, negotiate, rangesOf, versionNamedBy } from "./accept";
import { conflictingVersions, malformedHeader, notAcceptable, unknownVersion } from "./problems";

/** What a request has chosen, and how: `default` where it names no version. */
export interface Choice {
  version: Version;
  way: "path" | "header" | "accept" | "default";
  /** Of the answer. */
  mediaType: string;
}

/**
 * One version out of three ways to name it. They may agree; whoever names two versions is refused,
 * since any order of precedence would be a guess. A version past its sunset is chosen all the same
 * where nothing else will do, so that its clients are told that it is gone.
 *
 * @param path the version that the path names: its address is not negotiated
 * @throws HttpError 400 (malformed, unknown, contradicting), 406
 */
export function choose(headers: Headers, path: Version | undefined, now: Date): Choice {
  const header = versionInHeader(headers.get(VERSION_HEADER), now);
  const accept = rangesOf(headers.get("accept") ?? "");
  const named = namedVersions(accept);
  const chosen = path ?? header;
  if (chosen === undefined) return chooseByAccept(accept, named, now);

  const disagrees = named.length > 0 && !named.includes(chosen);
  if ((header !== undefined && header !== chosen) || disagrees)
    throw conflictingVersions(
      {
        ...(path && { path: `version ${path}` }),
        ...(header && { [VERSION_HEADER]: `version ${header}` }),
        ...(named.length > 0 && { Accept: `version ${named.join(" or ")}` }),
      },
      now,
    );
  if (path) return { version: path, way: "path", mediaType: mediaTypeOf(path) };
  const mediaType = negotiate(accept, [mediaTypeOf(chosen), PLAIN_JSON]);
  if (!mediaType) throw notAcceptable(now);
  return { version: chosen, way: "header", mediaType };
}

function chooseByAccept(accept: string, named: number[], now: Date): Choice {
  const others = servedVersions(now).filter((version) => version !== defaultVersion);
  const offered = [...[defaultVersion, ...others].map(mediaTypeOf), PLAIN_JSON];
  const mediaType = negotiate(accept, offered) ?? negotiate(accept, versions.map(mediaTypeOf));
  if (!mediaType) throw notAcceptable(now);
  const version = asVersion(versionNamedBy(mediaType)) ?? defaultVersion;
  return { version, mediaType, way: named.includes(version) ? "accept" : "default" };
}

function versionInHeader(value: string | null, now: Date): Version | undefined {
  if (value === null) return undefined;
  // Two lines of the header reach us as "1, 2".
  if (!/^[1-9]\d{0,3}$/.test(value))
    throw malformedHeader(VERSION_HEADER, "must be one whole number, as in 2", now);
  const version = asVersion(Number(value));
  if (!version) throw unknownVersion(400, value, now);
  return version;
}

/** The version of this number, if there is one. */
export const asVersion = (number: number | undefined): Version | undefined =>
  versions.find((version) => version === number);
