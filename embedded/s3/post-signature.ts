import { ALGORITHM, parseAmzDate, parseScope } from "./credential.ts";
import { S3Error } from "./errors.ts";
import {
  type Account,
  checkKey,
  checkScope,
  sameSignature,
  sign,
  signatureDoesNotMatch,
  signingKey,
} from "./sigv4.ts";

/**
 * Verifies the signature of a form, which is that of its policy alone.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html
 * @returns the policy, still base64
 */
export function verifyPolicySignature(
  fields: ReadonlyMap<string, string>,
  account: Account,
): string {
  const policy = fields.get("policy");
  const signature = fields.get("x-amz-signature");
  if (!policy && !signature) throw new S3Error("AccessDenied", "Access Denied");
  const field = (name: string) => {
    const value = fields.get(name);
    if (value) return value;
    throw new S3Error(
      "InvalidArgument",
      `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
      { ArgumentName: name },
    );
  };
  if (field("x-amz-algorithm") !== ALGORITHM) {
    throw new S3Error("InvalidArgument", `X-Amz-Algorithm only supports "${ALGORITHM}"`, {
      ArgumentName: "x-amz-algorithm",
    });
  }
  const malformed = (what: string) =>
    new S3Error("InvalidArgument", `Error parsing the x-amz-credential field; ${what}`, {
      ArgumentName: "x-amz-credential",
    });
  const scope = parseScope(field("x-amz-credential"), malformed);
  const date = field("x-amz-date");
  if (Number.isNaN(parseAmzDate(date)))
    throw malformed("x-amz-date is not of the form yyyyMMddTHHmmssZ");
  checkKey(scope.accessKeyId, account);
  checkScope({ ...scope, date, malformed }, account);
  const text = field("policy");
  const key = signingKey(account.secretAccessKey, scope.day, scope.region);
  if (sameSignature(field("x-amz-signature"), sign(key, text))) return text;
  throw signatureDoesNotMatch({
    AWSAccessKeyId: scope.accessKeyId,
    StringToSign: text,
    SignatureProvided: field("x-amz-signature"),
  });
}
