import {
  lifeCycles,
  mediaTypeOf,
  type Phase,
  type SupportedVersion,
  VERSION_HEADER,
  type Version,
  versions,
} from "../contract";

/** Where a version is in its life. At the very second of its sunset it is gone. */
export function phaseOf(version: Version, now: Date): Phase {
  const life = lifeCycles[version];
  if (!life || now < life.deprecation) return "current";
  return now < life.sunset ? "deprecated" : "gone";
}

/** What is served at a time, newest first. */
export const servedVersions = (now: Date): Version[] =>
  [...versions].reverse().filter((version) => phaseOf(version, now) !== "gone");

/** The same for the problems of those who have asked for something else. */
export const supportedVersions = (now: Date): SupportedVersion[] =>
  servedVersions(now).map((version) => ({
    version,
    status: phaseOf(version, now) === "deprecated" ? "deprecated" : "current",
    path: `/api/v${version}`,
    header: `${VERSION_HEADER}: ${version}`,
    accept: mediaTypeOf(version),
    sunset: lifeCycles[version]?.sunset.toISOString(),
  }));
