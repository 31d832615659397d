import { serializeItem } from "structured-headers";
import { lifeCycles, mediaTypeOf, type Version } from "../contract";
import { phaseOf } from "./phase";

/**
 * What the answers of a version say about its end; nothing until it is deprecated.
 *
 * @param address the path of the request: relative in Link, so that it holds behind any proxy
 */
export function lifeCycleHeaders(version: Version, now: Date, address: string): [string, string][] {
  const life = lifeCycles[version];
  if (!life || phaseOf(version, now) === "current") return [];
  const { deprecation, sunset, successor } = life;
  const links = [
    `</versioning#deprecation>; rel="deprecation"; type="text/html"`,
    `</versioning#sunset>; rel="sunset"; type="text/html"`,
    // RFC 5829, 3.5.
    `<${addressIn(successor, address)}>; rel="successor-version"; type="${mediaTypeOf(successor)}"`,
  ];
  return [
    // RFC 9745, 2.1: a Date of RFC 9651, in seconds.
    ["deprecation", serializeItem(deprecation)],
    // RFC 8594, 3: an HTTP-date.
    ["sunset", sunset.toUTCString()],
    ["link", links.join(", ")],
  ];
}

/** The same resource in another version; an address that names none stays what it is. */
export const addressIn = (version: Version, address: string): string =>
  address.replace(/^\/api\/v\d+(?=\/)/, `/api/v${version}`);
