import { createHash, createHmac } from "node:crypto";
import { once } from "node:events";
import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { SignatureV4 } from "@smithy/signature-v4";
import { uriEncode } from "./canonical.ts";
import { accessKeyId, Bucket, secretAccessKey } from "./s3.fixture.ts";

/** The hash that the SDK's signer is given, from Node. */
class Sha256 {
  readonly #hash;
  constructor(secret?: unknown) {
    this.#hash = secret ? createHmac("sha256", secret as Buffer | string) : createHash("sha256");
  }
  update(data: string | Uint8Array) {
    this.#hash.update(data);
  }
  reset() {}
  async digest() {
    return new Uint8Array(this.#hash.digest());
  }
}

/** The SDK's own signer, set up as its S3 client does. */
export const signerOf = (credentials: { accessKeyId: string; secretAccessKey: string }) =>
  new SignatureV4({
    credentials,
    region: "us-east-1",
    service: "s3",
    sha256: Sha256,
    uriEscapePath: false,
  });

export interface Wire {
  method?: string;
  key?: string;
  query?: Record<string, string>;
  /** With x-amz-content-sha256, if it shall not be UNSIGNED-PAYLOAD. */
  headers?: Record<string, string>;
}

/** A request as it goes over the wire, signed, with a body that is yet to be written. */
export async function open(
  url: string,
  { method = "PUT", key, query = {}, headers }: Wire,
): Promise<ClientRequest> {
  const { hostname, port, host } = new URL(url);
  const path = `/${Bucket}${key ? `/${key.split("/").map(uriEncode).join("/")}` : ""}`;
  const signed = await signerOf({ accessKeyId, secretAccessKey }).sign({
    method,
    protocol: "http:",
    hostname,
    port: Number(port),
    path,
    query,
    headers: { host, "x-amz-content-sha256": "UNSIGNED-PAYLOAD", ...headers },
  });
  const search = new URLSearchParams(query).toString();
  return httpRequest({
    hostname,
    port,
    method,
    path: search ? `${path}?${search}` : path,
    headers: signed.headers,
    agent: false,
  });
}

export interface Told {
  status: number;
  code?: string;
  text: string;
  headers: IncomingMessage["headers"];
}

/** What is answered to a request. */
export async function told(request: ClientRequest): Promise<Told> {
  const [response] = (await once(request, "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  const code = /<Code>(\w+)<\/Code>/.exec(text)?.[1];
  return { status: response.statusCode ?? 0, code, text, headers: response.headers };
}

/** Sends a request with that body, whatever its headers say about it. */
export async function send(url: string, wire: Wire, body: string | Buffer = ""): Promise<Told> {
  const request = await open(url, wire);
  const answer = told(request);
  request.end(body);
  return answer;
}
