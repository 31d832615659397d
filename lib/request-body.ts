import { remember } from "./remember";

/** Pieces of a body that have come together. Joining them would be another copy of every byte. */
export type Gulp = readonly Uint8Array[];

/**
 * The bodies of requests that did not come through Next, as they come from the socket. A web stream
 * over them would cost more than most of what is done with them.
 */
const sources = () => remember("request-bodies", () => new WeakMap<Request, AsyncIterable<Gulp>>());

/** Says where the body of a request comes from, other than from its `body`. */
export const setBodySource = (request: Request, source: AsyncIterable<Gulp>) =>
  void sources().set(request, source);

/** The body of a request. Giving it up tears nothing down: the answer is still due. */
export const bodyOf = (request: Request): AsyncIterable<Gulp> =>
  sources().get(request) ?? piecesOf(request.body?.values({ preventCancel: true }) ?? []);

/** Each piece as a gulp of its own. */
export async function* piecesOf(
  source: AsyncIterable<Uint8Array> | readonly Uint8Array[],
): AsyncGenerator<Gulp, void, undefined> {
  for await (const piece of source) yield [piece];
}
