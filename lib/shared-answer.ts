import { ofJson } from "./http";

const encoded = new WeakMap<object, string>();

/** A JSON answer, encoded once for all who are given what `toBody` makes of the same thing. */
export function sharedJson<T extends object>(thing: T, toBody: (thing: T) => unknown): Response {
  const body = encoded.get(thing) ?? JSON.stringify(toBody(thing));
  encoded.set(thing, body);
  return new Response(body, { headers: ofJson });
}
