import type { Signable } from "./canonical.ts";
import { S3Error } from "./errors.ts";

export const ALGORITHM = "AWS4-HMAC-SHA256";
const WEEK_SECONDS = 604_800;

/** What a request says about who has signed it, when, and what. */
export interface Credential {
  accessKeyId: string;
  day: string;
  region: string;
  service: string;
  terminator: string;
  /** `20261122T101500Z` */
  date: string;
  signedHeaders: string[];
  signature: string;
  payload: string;
  /** Seconds; of a presigned request alone. */
  expires?: number;
  /** The error for what is wrong here: header and query have codes of their own. */
  malformed: Malformed;
}

type Malformed = (what: string, region?: string) => S3Error;

const malformedHeader: Malformed = (what, region) =>
  new S3Error(
    "AuthorizationHeaderMalformed",
    `The authorization header is malformed; ${what}`,
    region ? { Region: region } : {},
  );

const malformedQuery: Malformed = (what, region) =>
  new S3Error(
    "AuthorizationQueryParametersError",
    `Error parsing the X-Amz-Credential parameter; ${what}`,
    region ? { Region: region } : {},
  );

/** `Authorization: AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…` */
export function parseHeader(request: Signable, authorization: string): Credential {
  const [, algorithm, rest = ""] = /^(\S+)\s+(.*)$/s.exec(authorization.trim()) ?? [];
  if (algorithm !== ALGORITHM) {
    throw new S3Error("InvalidArgument", "Unsupported Authorization Type", {
      ArgumentName: "Authorization",
    });
  }
  const fields = new Map(
    rest.split(",").map((part) => {
      const at = part.indexOf("=");
      return [part.slice(0, at).trim(), part.slice(at + 1).trim()];
    }),
  );
  const field = (name: string) => {
    const value = fields.get(name);
    if (!value) throw malformedHeader(`missing ${name}.`);
    return value;
  };
  const payload = request.headers["x-amz-content-sha256"]?.[0];
  if (!payload) {
    throw new S3Error(
      "InvalidRequest",
      "Missing required header for this request: x-amz-content-sha256",
    );
  }
  const date = request.headers["x-amz-date"]?.[0] ?? "";
  if (Number.isNaN(parseAmzDate(date))) {
    throw new S3Error(
      "AccessDenied",
      "AWS authentication requires a valid Date or x-amz-date header",
    );
  }
  return {
    ...parseScope(field("Credential"), malformedHeader),
    date,
    signedHeaders: field("SignedHeaders").split(";"),
    signature: field("Signature"),
    payload,
    malformed: malformedHeader,
  };
}

/** X-Amz-Algorithm and its five companions. The body of a presigned request is not signed unless it says so. */
export function parseQuery(request: Signable): Credential {
  const fail = (message: string) => new S3Error("AuthorizationQueryParametersError", message);
  const parameter = (name: string) => {
    const values = request.query.filter(([given]) => given === name);
    if (values.length === 1 && values[0]?.[1]) return values[0][1];
    throw fail(
      "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
    );
  };
  if (parameter("X-Amz-Algorithm") !== ALGORITHM) {
    throw fail(`X-Amz-Algorithm only supports "${ALGORITHM}"`);
  }
  const given = parameter("X-Amz-Expires");
  const expires = Number(given);
  if (!/^-?\d+$/.test(given)) throw fail("X-Amz-Expires should be a number");
  if (expires < 1) throw fail("X-Amz-Expires must be at least one second");
  if (expires > WEEK_SECONDS) {
    throw fail(
      `X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ${WEEK_SECONDS} seconds`,
    );
  }
  const date = parameter("X-Amz-Date");
  if (Number.isNaN(parseAmzDate(date))) {
    throw fail("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  }
  const hoisted = request.query.find(([name]) => name.toLowerCase() === "x-amz-content-sha256");
  return {
    ...parseScope(parameter("X-Amz-Credential"), malformedQuery),
    date,
    expires,
    signedHeaders: parameter("X-Amz-SignedHeaders").split(";"),
    signature: parameter("X-Amz-Signature"),
    payload: hoisted?.[1] ?? request.headers["x-amz-content-sha256"]?.[0] ?? "UNSIGNED-PAYLOAD",
    malformed: malformedQuery,
  };
}

/** `<key id>/<day>/<region>/s3/aws4_request`; a key id may itself contain a slash. */
export function parseScope(text: string, malformed: Malformed) {
  const [, accessKeyId, day, region, service, terminator] =
    /^(.+)\/(\d{8})\/([^/]*)\/([^/]*)\/([^/]*)$/s.exec(text) ?? [];
  if (!accessKeyId || !day) {
    throw malformed(
      `the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".`,
    );
  }
  return {
    accessKeyId,
    day,
    region: region ?? "",
    service: service ?? "",
    terminator: terminator ?? "",
  };
}

/** `20261122T101500Z` as a time in milliseconds; NaN where it is none. */
export function parseAmzDate(date: string): number {
  return Date.parse(
    date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"),
  );
}
