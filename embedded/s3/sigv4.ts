import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { canonicalRequest, type Signable } from "./canonical.ts";
import { ALGORITHM, type Credential, parseAmzDate, parseHeader, parseQuery } from "./credential.ts";
import { S3Error } from "./errors.ts";

type Scoped = Pick<Credential, "malformed" | "day" | "date" | "region" | "service" | "terminator">;

export interface Account {
  accessKeyId: string;
  secretAccessKey: string;
  region: string;
  now: () => Date;
}

/** What a verified request has said about itself. */
export interface Verified {
  /** What x-amz-content-sha256 says: a digest, UNSIGNED-PAYLOAD or STREAMING-… */
  payload: string;
  presigned: boolean;
  /** What the signatures of the chunks of a signed stream start from. */
  seed: { signature: string; date: string; scope: string; key: Buffer };
}

const SKEW_MS = 15 * 60_000;

const hmac = (key: string | Buffer, text: string) =>
  createHmac("sha256", key).update(text).digest();

/** Header values arrive as Latin-1, a character for each byte: so are they hashed. */
const sha256 = (text: string) => createHash("sha256").update(text, "latin1").digest("hex");

export function signingKey(secret: string, day: string, region: string): Buffer {
  return [day, region, "s3", "aws4_request"].reduce<Buffer>(
    (key, part) => hmac(key, part),
    Buffer.from(`AWS4${secret}`),
  );
}

export function sign(key: Buffer, text: string): string {
  return hmac(key, text).toString("hex");
}

/** Compares in constant time, whatever the lengths. */
export function sameSignature(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/**
 * Verifies the signature of a request, in its Authorization header or its query.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 * @throws S3Error as S3 refuses: what is wrong with the form first, then the clock, then the signature
 */
export function authenticate(request: Signable, account: Account): Verified {
  const authorization = request.headers.authorization?.[0];
  const presigned = request.query.some(([name]) => name === "X-Amz-Algorithm");
  if (authorization === undefined && !presigned) {
    throw new S3Error("AccessDenied", "Access Denied");
  }
  if (authorization !== undefined && presigned) {
    throw new S3Error(
      "InvalidArgument",
      "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified",
    );
  }
  const credential =
    authorization === undefined ? parseQuery(request) : parseHeader(request, authorization);
  checkKey(credential.accessKeyId, account);
  checkScope(credential, account);
  checkClock(credential, account.now());
  checkSignedHeaders(request, credential.signedHeaders);

  const { date, day, region, signedHeaders, payload, signature } = credential;
  const scope = `${day}/${region}/s3/aws4_request`;
  const canonical = canonicalRequest(request, signedHeaders, payload);
  const text = [ALGORITHM, date, scope, sha256(canonical)].join("\n");
  const key = signingKey(account.secretAccessKey, day, region);
  if (!sameSignature(signature, sign(key, text))) {
    throw signatureDoesNotMatch({
      AWSAccessKeyId: credential.accessKeyId,
      StringToSign: text,
      SignatureProvided: signature,
      CanonicalRequest: canonical,
    });
  }
  return { payload, presigned, seed: { signature, date, scope, key } };
}

export function signatureDoesNotMatch(details: Record<string, string>): S3Error {
  return new S3Error(
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    details,
  );
}

export function checkKey(accessKeyId: string, account: Account): void {
  if (accessKeyId === account.accessKeyId) return;
  throw new S3Error(
    "InvalidAccessKeyId",
    "The AWS Access Key Id you provided does not exist in our records.",
    { AWSAccessKeyId: accessKeyId },
  );
}

export function checkScope(credential: Scoped, { region }: Account): void {
  const { malformed, day, date, service, terminator } = credential;
  if (credential.region !== region) {
    throw malformed(`the region '${credential.region}' is wrong; expecting '${region}'`, region);
  }
  if (service !== "s3") throw malformed(`incorrect service "${service}"; this is "s3"`);
  if (terminator !== "aws4_request") throw malformed('the scope must end with "aws4_request"');
  if (!date.startsWith(`${day}T`)) {
    throw malformed(`the date of the credential, "${day}", is not the date of the request`);
  }
}

function checkClock({ date, expires }: Credential, now: Date): void {
  const signed = parseAmzDate(date);
  const age = now.getTime() - signed;
  const ServerTime = now.toISOString();
  if (expires === undefined) {
    if (Math.abs(age) <= SKEW_MS) return;
    throw new S3Error(
      "RequestTimeTooSkewed",
      "The difference between the request time and the current time is too large.",
      { RequestTime: date, ServerTime, MaxAllowedSkewMilliseconds: SKEW_MS },
    );
  }
  if (age < -SKEW_MS) {
    throw new S3Error("AccessDenied", "Request is not yet valid", {
      "X-Amz-Date": date,
      ServerTime,
    });
  }
  if (age > expires * 1_000) {
    const Expires = new Date(signed + expires * 1_000).toISOString();
    throw new S3Error("AccessDenied", "Request has expired", {
      "X-Amz-Expires": expires,
      Expires,
      ServerTime,
    });
  }
}

/** Host and every x-amz-* header that is sent must be signed: what is not could be changed on the way. */
function checkSignedHeaders(request: Signable, signed: readonly string[]): void {
  const unsigned = Object.keys(request.headers).filter(
    (name) => (name === "host" || name.startsWith("x-amz-")) && !signed.includes(name),
  );
  if (!signed.includes("host") && !unsigned.includes("host")) unsigned.push("host");
  if (unsigned.length === 0) return;
  throw new S3Error(
    "AccessDenied",
    "There were headers present in the request which were not signed",
    { HeadersNotSigned: unsigned.join(", ") },
  );
}
