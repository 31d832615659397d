import { element, errorDocument } from "./xml.ts";

/** S3's codes that we answer, with their statuses. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const statuses = {
  AccessDenied: 403,
  AccessForbidden: 403,
  AuthorizationHeaderMalformed: 400,
  AuthorizationQueryParametersError: 400,
  BadDigest: 400,
  EntityTooLarge: 400,
  EntityTooSmall: 400,
  IncompleteBody: 400,
  InsufficientStorage: 507,
  InternalError: 500,
  InvalidAccessKeyId: 403,
  InvalidArgument: 400,
  InvalidDigest: 400,
  InvalidPart: 400,
  InvalidPartOrder: 400,
  InvalidPolicyDocument: 400,
  InvalidRange: 416,
  InvalidRequest: 400,
  InvalidURI: 400,
  KeyTooLongError: 400,
  MalformedPOSTRequest: 400,
  MalformedXML: 400,
  MaxMessageLengthExceeded: 400,
  MaxPostPreDataLengthExceeded: 400,
  MetadataTooLarge: 400,
  MethodNotAllowed: 405,
  MissingContentLength: 411,
  NoSuchBucket: 404,
  NoSuchBucketPolicy: 404,
  NoSuchConfiguration: 404,
  NoSuchCORSConfiguration: 404,
  NoSuchKey: 404,
  NoSuchLifecycleConfiguration: 404,
  NoSuchPublicAccessBlockConfiguration: 404,
  NoSuchTagSet: 404,
  NoSuchUpload: 404,
  NoSuchWebsiteConfiguration: 404,
  NotImplemented: 501,
  ObjectLockConfigurationNotFoundError: 404,
  OwnershipControlsNotFoundError: 404,
  PreconditionFailed: 412,
  ReplicationConfigurationNotFoundError: 404,
  RequestTimeTooSkewed: 403,
  ServerSideEncryptionConfigurationNotFoundError: 404,
  SignatureDoesNotMatch: 403,
  TooManyBuckets: 400,
  XAmzContentSHA256Mismatch: 400,
} as const;

export type S3Code = keyof typeof statuses;

/** What S3 tells beside code and message, an element each. */
export type Details = Record<string, string | number>;

/** A refusal in S3's own words. */
export class S3Error extends Error {
  readonly status: number;

  constructor(
    readonly code: S3Code,
    message: string,
    readonly details: Details = {},
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
    this.status = statuses[code];
  }

  /** The body of the answer. */
  toXml(resource: string, requestId: string): string {
    const { code: Code, message: Message, details } = this;
    const all = { Code, Message, ...details, Resource: resource, RequestId: requestId };
    return errorDocument(...Object.entries(all).map(([name, value]) => element(name, value)));
  }
}

/** Says of a failure of the disk or of ours as much as a client may know. */
export function asS3Error(error: unknown): S3Error {
  if (error instanceof S3Error) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new S3Error("InsufficientStorage", "There is no room left on the disk.");
  }
  console.error("s3:", error);
  return new S3Error("InternalError", "We encountered an internal error. Please try again.");
}

export const noSuchKey = (key: string) =>
  new S3Error("NoSuchKey", "The specified key does not exist.", { Key: key });

export const notImplemented = (what: string) =>
  new S3Error("NotImplemented", `${what}: this endpoint does not implement it.`);
