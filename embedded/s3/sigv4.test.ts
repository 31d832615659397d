import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseTarget, type Signable, uriEncode } from "./canonical.ts";
import { S3Error } from "./errors.ts";
import { signerOf } from "./signer.fixture.ts";
import { authenticate } from "./sigv4.ts";

const credentials = { accessKeyId: "AKID/EXAMPLE", secretAccessKey: "secret/+=" };
const signed = new Date("2026-11-22T10:15:00Z");
const account = (now = signed) => ({ ...credentials, region: "us-east-1", now: () => now });
/** The SDK's own signer, set up as its S3 client does. */
const signer = () => signerOf(credentials);
const later = (seconds: number) => new Date(signed.getTime() + seconds * 1000);

interface Plain {
  method: string;
  key: string;
  query: Record<string, string>;
  headers: Record<string, string>;
}

const asHttp = ({ method, key, query, headers }: Plain) => ({
  method,
  protocol: "http:",
  hostname: "127.0.0.1",
  port: 9000,
  path: `/bucket/${key.split("/").map(uriEncode).join("/")}`,
  query,
  headers: { host: "127.0.0.1:9000", ...headers },
});

/** What arrives of a request: the target as it stands in the request line. */
function arrived(request: {
  method: string;
  path: string;
  query?: Record<string, unknown>;
  headers: Record<string, string>;
}): Signable {
  const query = Object.entries(request.query ?? {}).map(
    ([name, value]) => `${uriEncode(name)}=${uriEncode(String(value))}`,
  );
  const headers = Object.entries(request.headers).map(([name, value]) => [
    name.toLowerCase(),
    [value],
  ]);
  return {
    ...parseTarget(`${request.path}?${query.join("&")}`),
    method: request.method,
    headers: Object.fromEntries(headers),
  };
}

/** As the S3 client says it: the body is not part of the signature. */
const unsigned = (plain: Plain) => ({
  ...plain,
  headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD", ...plain.headers },
});

const signedInHeader = (plain: Plain) =>
  signer().sign(asHttp(unsigned(plain)), { signingDate: signed });

const presigned = (plain: Plain, expiresIn = 900) =>
  signer().presign(asHttp(unsigned(plain)), { signingDate: signed, expiresIn });

const plain: Plain = { method: "PUT", key: "a b/c", query: { list: "x" }, headers: {} };

function codeOf(request: Signable, now = signed): string {
  try {
    authenticate(request, account(now));
    return "accepted";
  } catch (error) {
    if (error instanceof S3Error) return error.code;
    throw error;
  }
}

describe("against the SDK's signer", () => {
  const hostile = fc.constantFrom(
    ..." +%~&=?#/.'()*!$@:;,\\\"<>|{}^`[]",
    "é",
    "ß",
    "漢",
    "😀",
    "\0",
    "\r\n",
    "%2F",
    "..",
  );
  const text = fc
    .array(fc.oneof(hostile, fc.string({ unit: "grapheme" })), { maxLength: 12 })
    .map((all) => all.join(""));
  // Parameters of the signature itself would be others than the signer's.
  const name = text.filter(
    (given) => given !== "" && !/^x-amz-/i.test(given) && given !== "__proto__",
  );
  const header = fc.stringMatching(/^[\x21-\x7e][\x20-\x7e]{0,20}$/);
  const request = fc.record({
    method: fc.constantFrom("GET", "PUT", "POST", "DELETE", "HEAD"),
    key: text.filter((key) => key.isWellFormed()),
    query: fc.dictionary(
      name.filter((given) => given.isWellFormed()),
      text.filter((given) => given.isWellFormed()),
      {
        maxKeys: 4,
        noNullPrototype: true,
      },
    ),
    headers: fc.dictionary(fc.stringMatching(/^x-amz-meta-[a-z]{1,8}$/), header, {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  });

  test("whatever it signs in a header is accepted", async () => {
    await fc.assert(
      fc.asyncProperty(request, async (given) => {
        const verified = authenticate(arrived(await signedInHeader(given)), account());
        expect(verified).toMatchObject({ presigned: false, payload: "UNSIGNED-PAYLOAD" });
      }),
      { numRuns: 400 },
    );
  });

  test("whatever it presigns is accepted", async () => {
    await fc.assert(
      fc.asyncProperty(request, async (given) => {
        const verified = authenticate(arrived(await presigned(given)), account());
        expect(verified.presigned).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  test("a parameter that comes several times is sorted by its values", async () => {
    const http = { ...asHttp(unsigned(plain)), query: { b: ["2", "10", " "], a: "x" } };
    const request = await signer().sign(http, { signingDate: signed });
    const target = parseTarget(`${request.path}?b=2&a=x&b=10&b=+`);
    expect(codeOf({ ...arrived({ ...request, query: {} }), ...target })).toBe("accepted");
  });

  test("any other key, method, parameter or header is not what was signed", async () => {
    await fc.assert(
      fc.asyncProperty(request, request, fc.boolean(), async (one, other, inHeader) => {
        const sign = inHeader ? signedInHeader : presigned;
        const [mine, theirs] = [arrived(await sign(one)), arrived(await sign(other))];
        fc.pre(mine.path !== theirs.path || mine.method !== theirs.method);
        expect(codeOf({ ...mine, path: theirs.path, method: theirs.method })).toBe(
          "SignatureDoesNotMatch",
        );
      }),
      { numRuns: 200 },
    );
  });
});

describe("one thing changed in a signed request", () => {
  const edit = (request: Signable, headers: Record<string, string[] | undefined>): Signable => ({
    ...request,
    headers: { ...request.headers, ...headers },
  });
  const authorization = (request: Signable, from: string | RegExp, to: string) =>
    edit(request, {
      authorization: [String(request.headers.authorization?.[0]).replace(from, to)],
    });

  const cases: [string, (request: Signable) => Signable, string][] = [
    ["nothing", (request) => request, "accepted"],
    ["the key", (r) => ({ ...r, path: `${r.path}x` }), "SignatureDoesNotMatch"],
    ["the method", (r) => ({ ...r, method: "GET" }), "SignatureDoesNotMatch"],
    ["a parameter", (r) => ({ ...r, query: [["list", "y"]] }), "SignatureDoesNotMatch"],
    [
      "one more parameter",
      (r) => ({ ...r, query: [...r.query, ["acl", ""]] }),
      "SignatureDoesNotMatch",
    ],
    ["the host", (r) => edit(r, { host: ["evil.example"] }), "SignatureDoesNotMatch"],
    ["a signed header missing", (r) => edit(r, { host: undefined }), "SignatureDoesNotMatch"],
    ["one more x-amz header", (r) => edit(r, { "x-amz-acl": ["public-read"] }), "AccessDenied"],
    ["one more other header", (r) => edit(r, { "user-agent": ["curl"] }), "accepted"],
    [
      "the payload's hash",
      (r) => edit(r, { "x-amz-content-sha256": ["0".repeat(64)] }),
      "SignatureDoesNotMatch",
    ],
    ["no payload hash", (r) => edit(r, { "x-amz-content-sha256": undefined }), "InvalidRequest"],
    ["the signature", (r) => authorization(r, /.$/, "x"), "SignatureDoesNotMatch"],
    [
      "a short signature",
      (r) => authorization(r, /Signature=.*/, "Signature=0"),
      "SignatureDoesNotMatch",
    ],
    ["no signature", (r) => authorization(r, /, Signature=.*/, ""), "AuthorizationHeaderMalformed"],
    ["host not signed", (r) => authorization(r, "host;", ""), "AccessDenied"],
    ["the key id", (r) => authorization(r, "AKID", "OTHER"), "InvalidAccessKeyId"],
    [
      "the region",
      (r) => authorization(r, "us-east-1", "eu-west-1"),
      "AuthorizationHeaderMalformed",
    ],
    ["the service", (r) => authorization(r, "/s3/", "/ec2/"), "AuthorizationHeaderMalformed"],
    [
      "the terminator",
      (r) => authorization(r, "aws4_request", "aws5_request"),
      "AuthorizationHeaderMalformed",
    ],
    [
      "the credential's day",
      (r) => authorization(r, "20261122", "20261121"),
      "AuthorizationHeaderMalformed",
    ],
    [
      "a scope cut short",
      (r) => authorization(r, "/aws4_request", ""),
      "AuthorizationHeaderMalformed",
    ],
    ["another scheme", (r) => edit(r, { authorization: ["Basic YTpi"] }), "InvalidArgument"],
    ["the date", (r) => edit(r, { "x-amz-date": ["20261122T101501Z"] }), "SignatureDoesNotMatch"],
    ["a date that is none", (r) => edit(r, { "x-amz-date": ["today"] }), "AccessDenied"],
    ["no authorization", (r) => edit(r, { authorization: undefined }), "AccessDenied"],
  ];
  test.each(cases)("%s", async (_, change, code) => {
    const request = arrived(await signedInHeader({ ...plain, key: "tampered" }));
    expect(codeOf(change(request))).toBe(code);
  });

  test.each([
    [-901, "RequestTimeTooSkewed"],
    [-900, "accepted"],
    [900, "accepted"],
    [901, "RequestTimeTooSkewed"],
  ])("the clock %d seconds off", async (seconds, code) => {
    expect(codeOf(arrived(await signedInHeader(plain)), later(seconds))).toBe(code);
  });
});

describe("one thing changed in a presigned request", () => {
  const parameter = (request: Signable, name: string, value?: string): Signable => ({
    ...request,
    query: request.query.flatMap(([given, old]) =>
      given !== name
        ? [[given, old] as const]
        : value === undefined
          ? []
          : [[given, value] as const],
    ),
  });
  const malformed = "AuthorizationQueryParametersError";
  test.each<[string, string | undefined, string]>([
    ["X-Amz-Expires", "3600", "SignatureDoesNotMatch"],
    ["X-Amz-Expires", "604801", malformed],
    ["X-Amz-Expires", "0", malformed],
    ["X-Amz-Expires", "-1", malformed],
    ["X-Amz-Expires", "1e3", malformed],
    ["X-Amz-Expires", undefined, malformed],
    ["X-Amz-Date", "20261122T101501Z", "SignatureDoesNotMatch"],
    ["X-Amz-Date", "20261122", malformed],
    ["X-Amz-Signature", "0".repeat(64), "SignatureDoesNotMatch"],
    ["X-Amz-Signature", undefined, malformed],
    ["X-Amz-SignedHeaders", "date", "AccessDenied"],
    ["X-Amz-Credential", "OTHER/20261122/us-east-1/s3/aws4_request", "InvalidAccessKeyId"],
    ["X-Amz-Credential", "AKID/EXAMPLE/20261122/eu-west-1/s3/aws4_request", malformed],
    ["X-Amz-Credential", "AKID", malformed],
    ["X-Amz-Algorithm", "AWS4-ECDSA-P256-SHA256", malformed],
    ["list", "y", "SignatureDoesNotMatch"],
  ])("%s: %s", async (name, value, code) => {
    const request = arrived(await presigned(plain));
    expect(codeOf(request)).toBe("accepted");
    expect(codeOf(parameter(request, name, value))).toBe(code);
  });

  test.each([
    [-901, "AccessDenied"],
    [-900, "accepted"],
    [60, "accepted"],
    [61, "AccessDenied"],
  ])("one for 60 seconds, %d seconds after it was signed", async (seconds, code) => {
    expect(codeOf(arrived(await presigned(plain, 60)), later(seconds))).toBe(code);
  });

  test("a signature in both places is one too many", async () => {
    const request = arrived(await presigned(plain));
    const headers = { ...request.headers, authorization: ["AWS4-HMAC-SHA256 x"] };
    expect(codeOf({ ...request, headers })).toBe("InvalidArgument");
  });

  test("a header that was signed must come, and as it was", async () => {
    const headers = { "content-type": "text/plain" };
    const target = asHttp(unsigned({ ...plain, headers }));
    const request = arrived(
      await signer().presign(target, {
        signingDate: signed,
        signableHeaders: new Set(["content-type"]),
      }),
    );
    expect(codeOf(request)).toBe("accepted");
    for (const value of [["text/html"], undefined]) {
      const changed = { ...request, headers: { ...request.headers, "content-type": value } };
      expect(codeOf(changed)).toBe("SignatureDoesNotMatch");
    }
  });
});

test("AWS's own example of a presigned request", () => {
  // https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
  const target =
    "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
  const request = {
    ...parseTarget(target),
    method: "GET",
    headers: { host: ["examplebucket.s3.amazonaws.com"] },
  };
  const verified = authenticate(request, {
    accessKeyId: "AKIAIOSFODNN7EXAMPLE",
    secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    region: "us-east-1",
    now: () => new Date("2013-05-24T12:00:00Z"),
  });
  expect(verified.payload).toBe("UNSIGNED-PAYLOAD");
});

test.each(["no-slash", "/%", "/%ff", "/%E0%A4", "/a?x=%"])("the target %s is no URI", (target) => {
  expect(() => parseTarget(target)).toThrow(S3Error);
});
