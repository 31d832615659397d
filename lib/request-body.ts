import { remember } from "./remember";

/**
 * The bodies of requests that did not come through Next, as they come from the socket. A web stream
 * over them would cost more than most of what is done with them.
 */
const sources = () =>
  remember("request-bodies", () => new WeakMap<Request, AsyncIterable<Uint8Array>>());

/** Says where the body of a request comes from, other than from its `body`. */
export const setBodySource = (request: Request, source: AsyncIterable<Uint8Array>) =>
  void sources().set(request, source);

/** The body of a request in chunks. Giving it up tears nothing down: the answer is still due. */
export const bodyOf = (request: Request): AsyncIterable<Uint8Array> =>
  sources().get(request) ?? request.body?.values({ preventCancel: true }) ?? nothing();

async function* nothing(): AsyncGenerator<never> {}
