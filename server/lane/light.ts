import { getRequestListener } from "@hono/node-server";

/**
 * The adapter's own Response: one that holds a text and its headers, and becomes a real one only
 * where somebody asks for more. The adapter would put it in the place of the global one, for Next and
 * every package as well; here it is taken back at once, and the build gives it to our own code alone
 * (run/lane.ts).
 */
function lightResponse(): typeof globalThis.Response {
  const kept = ["Request", "Response"].map(
    (name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const,
  );
  getRequestListener(() => new globalThis.Response(), { overrideGlobalObjects: true });
  const light = globalThis.Response;
  for (const [name, descriptor] of kept)
    if (descriptor) Object.defineProperty(globalThis, name, descriptor);
  return light;
}

export const Response = lightResponse();
