import { ofJson } from "./http";
import { remember } from "./remember";

const encoded = new WeakMap<object, string>();

/** The texts of shared answers, by their Response: server/lane writes them without another turn. */
const texts = () => remember("shared-answers", () => new WeakMap<Response, string>());
export const sharedTextOf = (response: Response) => texts().get(response);

/** A JSON answer, encoded once for all who are given what `toBody` makes of the same thing. */
export function sharedJson<T extends object>(thing: T, toBody: (thing: T) => unknown): Response {
  const body = encoded.get(thing) ?? JSON.stringify(toBody(thing));
  encoded.set(thing, body);
  const response = new Response(body, { headers: ofJson });
  texts().set(response, body);
  return response;
}
