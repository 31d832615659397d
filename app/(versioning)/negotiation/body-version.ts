import { HttpError } from "@/lib/http";
import { mediaTypeOf, PLAIN_JSON, type Version } from "../contract";
import { phaseOf, servedVersions, supportedVersions } from "../life-cycle/phase";
import { versionNamedBy } from "./accept";
import { asVersion, type Choice } from "./choose";
import { conflictingVersions, versionGone } from "./problems";

/**
 * The version that a request's body is in: the one that its Content-Type names, else that of the
 * answer. By Accept they may differ: to write version 1 and read version 2 is half of a migration.
 * A path or a version header is about the whole request.
 *
 * @throws HttpError 415, 400 (contradicting), 410 (past its sunset)
 */
export function bodyVersion(request: Request, choice: Choice, now: Date): Version {
  const type = (request.headers.get("content-type") ?? "").split(";", 1)[0]?.trim() ?? "";
  if (type.toLowerCase() === PLAIN_JSON) return choice.version;
  const version = asVersion(versionNamedBy(type));
  if (!version) throw unsupportedType(now);
  const { way } = choice;
  if (version !== choice.version && (way === "path" || way === "header")) {
    const asked = `version ${choice.version}`;
    throw conflictingVersions({ [way]: asked, "Content-Type": `version ${version}` }, now);
  }
  if (phaseOf(version, now) === "gone")
    throw versionGone(version, now, new URL(request.url).pathname);
  return version;
}

function unsupportedType(now: Date): HttpError {
  const types = [PLAIN_JSON, ...servedVersions(now).map(mediaTypeOf)];
  const detail = `Send the article as one of these types: ${types.join(", ")}.`;
  return new HttpError(415, "unsupported-media-type", detail, {
    // RFC 9110, 15.5.16.
    headers: { accept: types.join(", ") },
    members: { supported: supportedVersions(now) },
  });
}
