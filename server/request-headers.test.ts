import type { IncomingMessage } from "node:http";
import { expect, it } from "vitest";
import { setRequestHeader } from "./request-headers";

it("takes the place of what the client sent by that name, in both lists", () => {
  const request = {
    headers: { host: "x", "x-who": "forged, forged too" },
    rawHeaders: ["Host", "x", "X-Who", "forged", "x-who", "forged too"],
  } as unknown as IncomingMessage;
  setRequestHeader(request, "x-who", "ours");
  expect(request.headers).toEqual({ host: "x", "x-who": "ours" });
  expect(request.rawHeaders).toEqual(["Host", "x", "x-who", "ours"]);
});
