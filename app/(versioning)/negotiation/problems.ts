import { HttpError } from "@/lib/http";
import { lifeCycles, VERSION_HEADER, type Version } from "../contract";
import { addressIn, lifeCycleHeaders } from "../life-cycle/headers";
import { supportedVersions } from "../life-cycle/phase";

const listOf = (now: Date) =>
  supportedVersions(now)
    .map(({ version }) => version)
    .join(" and ");

/** A version that there is not: 404 in a path, which is then no address; 400 in a header. */
export function unknownVersion(status: 400 | 404, asked: string, now: Date): HttpError {
  const detail = `There is no version ${asked} of articles. Ask for ${listOf(now)}.`;
  return new HttpError(status, "unknown-version", detail, {
    members: { supported: supportedVersions(now) },
  });
}

export function malformedHeader(field: string, message: string, now: Date): HttpError {
  return new HttpError(400, "malformed-header", `${field} ${message}.`, {
    members: { errors: [{ field, message }], supported: supportedVersions(now) },
  });
}

/** RFC 9110, 15.5.7: the list is what the client may choose from. */
export function notAcceptable(now: Date): HttpError {
  const types = supportedVersions(now).map(({ accept }) => accept);
  const detail = `Accept admits none of the types there are: ${types.join(", ")}, application/json.`;
  return new HttpError(406, "not-acceptable", detail, {
    members: { supported: supportedVersions(now) },
  });
}

/** @param ways what each way asks for, by its name */
export function conflictingVersions(ways: Record<string, string>, now: Date): HttpError {
  const said = Object.entries(ways).map(([way, version]) => `${way} asks for ${version}`);
  const detail = `Two versions at once: ${said.join(", ")}. Name one, or the same each time.`;
  return new HttpError(400, "conflicting-versions", detail, {
    members: { ways, supported: supportedVersions(now) },
  });
}

/** RFC 8594, 6: past its sunset. The Link and the members say where to go on. */
export function versionGone(version: Version, now: Date, address: string): HttpError {
  const { sunset, successor } = lifeCycles[version] ?? {};
  if (!sunset || !successor) throw new Error(`Version ${version} has no end`);
  const next = addressIn(successor, address);
  const how = next === address ? `with ${VERSION_HEADER}: ${successor}` : `at ${next}`;
  const detail = `Version ${version} ended on ${sunset.toUTCString()}. Go on ${how}.`;
  return new HttpError(410, "version-gone", detail, {
    headers: lifeCycleHeaders(version, now, address),
    members: {
      version,
      sunset: sunset.toISOString(),
      successor: { version: successor, address: next },
      supported: supportedVersions(now),
    },
  });
}
