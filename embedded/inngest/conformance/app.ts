import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Inngest } from "inngest";
import { serve } from "inngest/node";
import { createFunctions } from "./functions/all.ts";
import type { Setup } from "./functions/tools.ts";

export interface Keys {
  eventKey?: string;
  signingKey?: string;
}

/** The SDK's client as an application has it: signed where there is a key, else in dev mode. It logs nothing: errors are meant here. */
export function client(baseUrl: string, { eventKey, signingKey }: Keys): Inngest {
  const isDev = signingKey === undefined;
  const logger = { info() {}, warn() {}, error() {}, debug() {} };
  return new Inngest({ id: "conformance", baseUrl, eventKey, signingKey, isDev, logger });
}

/** An application with the unmodified SDK behind node:http. Its port can be had before its client. */
export async function startApp(port = 0) {
  let handle: ReturnType<typeof serve> | undefined;
  const server: Server = createServer((request, response) => {
    if (handle && request.url?.startsWith("/api/inngest")) void handle(request, response);
    else response.writeHead(404).end();
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/inngest`,
    serve(inngest: Inngest, setup: Setup) {
      handle = serve({ client: inngest, functions: createFunctions(inngest, setup) });
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
