import { ofJson } from "./http";
import { remember } from "./remember";

/** An answer of status 200 that many are given, encoded once for all of them. */
export interface SharedAnswer {
  /** In lower case; they go out as they are. */
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** The shared answers, by the Response that carries each: server/lane sends them in one write. */
const carried = () => remember("shared-answers", () => new WeakMap<Response, SharedAnswer>());
export const sharedAnswerOf = (response: Response) => carried().get(response);

const encoded = new WeakMap<object, SharedAnswer>();

/** A JSON answer, encoded once for all who are given what `toBody` makes of the same thing. */
export function sharedJson<T extends object>(thing: T, toBody: (thing: T) => unknown): Response {
  const answer = encoded.get(thing) ?? { headers: ofJson, body: JSON.stringify(toBody(thing)) };
  encoded.set(thing, answer);
  const response = new Response(answer.body, { headers: answer.headers });
  carried().set(response, answer);
  return response;
}
