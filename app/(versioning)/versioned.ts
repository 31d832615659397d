import { env } from "@/lib/env";
import { answerOf, type Handler, notFound } from "@/lib/http";
import { metrics } from "@/lib/metrics";
import { CLOCK_HEADER, VERSION_HEADER, type Version } from "./contract";
import { clockOf } from "./life-cycle/clock";
import { lifeCycleHeaders } from "./life-cycle/headers";
import { phaseOf } from "./life-cycle/phase";
import { asVersion, type Choice, choose } from "./negotiation/choose";
import { unknownVersion, versionGone } from "./negotiation/problems";

/** A handler that is told which version it answers in, and at what time. */
type VersionedHandler<P> = (
  request: Request,
  context: { params: P; choice: Choice; now: Date },
) => Promise<Response>;

/**
 * Chooses the version of each request before its handler runs. Every answer, problems included,
 * names its version and what is known of that version's end. `params.version` is that of the path;
 * without one the address is negotiated, and every answer of it says by which headers (`Vary`).
 */
export function versioned<P extends { version?: string }>(
  handler: VersionedHandler<P>,
): Handler<P> {
  return async (request, context) => {
    // Next has none for an address without parameters.
    const params = (await context.params) ?? ({} as P);
    const response = await answerOf(() => answerInVersion(request, params, handler), request);
    // RFC 9110, 12.5.5: also on a refusal, which these headers have chosen as well.
    if (params.version === undefined) response.headers.append("vary", `Accept, ${VERSION_HEADER}`);
    return response;
  };
}

async function answerInVersion<P extends { version?: string }>(
  request: Request,
  params: P,
  handler: VersionedHandler<P>,
): Promise<Response> {
  const { now, moved } = clockOf(request, env().EMBEDDED_SERVICES.length > 0);
  const { version: segment } = params;
  const path = segment === undefined ? undefined : versionInPath(segment, now);
  const choice = choose(request.headers, path, now);
  const { version, way } = choice;
  const phase = phaseOf(version, now);
  metrics().apiVersionRequests.inc({ version: String(version), way, phase });

  const address = new URL(request.url).pathname;
  const response = await answerOf(() => {
    if (phase === "gone") throw versionGone(version, now, address);
    return handler(request, { params, choice, now });
  }, request);
  response.headers.set(VERSION_HEADER, String(version));
  for (const [name, value] of lifeCycleHeaders(version, now, address))
    response.headers.set(name, value);
  if (moved) {
    response.headers.set(CLOCK_HEADER, now.toISOString());
    response.headers.set("cache-control", "no-store");
  }
  return response;
}

/** @throws HttpError 404: with the list for what looks like a version, else as any other address */
function versionInPath(segment: string, now: Date): Version {
  const number = /^v([1-9]\d{0,3})$/.exec(segment)?.[1];
  if (number === undefined) throw notFound();
  const version = asVersion(Number(number));
  if (!version) throw unknownVersion(404, number, now);
  return version;
}
