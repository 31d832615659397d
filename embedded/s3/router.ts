import { bucketLocation, createBucket, deleteBucket, headBucket, listBuckets } from "./bucket.ts";
import { completeUpload } from "./complete.ts";
import { copyObject } from "./copy-object.ts";
import { deleteObject, deleteObjects } from "./delete-objects.ts";
import { notImplemented, S3Error } from "./errors.ts";
import { getAttributes } from "./get-attributes.ts";
import { getObject } from "./get-object.ts";
import { listObjects, listObjectsV2 } from "./list-objects.ts";
import { listParts, listUploads } from "./list-uploads.ts";
import { abortUpload, createUpload, uploadPart } from "./multipart.ts";
import { putObject } from "./put-object.ts";
import type { S3Request } from "./request.ts";
import { bucketSettings, objectSettings } from "./settings.ts";
import type { Operation } from "./store.ts";

/** An operation for each method, by the parameter of the query that chooses it; the last one needs none. */
type Routes = Record<string, [parameter: string, operation: Operation][]>;

const ofService: Routes = { GET: [["", listBuckets]] };

const ofBucket: Routes = {
  HEAD: [["", headBucket]],
  PUT: [["", createBucket]],
  GET: [
    ["uploads", listUploads],
    ["location", bucketLocation],
    ...bucketSettings,
    [
      "",
      (request, store) =>
        (request.query("list-type") === "2" ? listObjectsV2 : listObjects)(request, store),
    ],
  ],
  POST: [["delete", deleteObjects]],
  DELETE: [["", deleteBucket]],
};

const ofObject: Routes = {
  HEAD: [["", getObject]],
  GET: [["uploadId", listParts], ["attributes", getAttributes], ...objectSettings, ["", getObject]],
  PUT: [
    ["uploadId", uploadPart],
    // A part of no upload is refused there: it must not become the whole object.
    ["partNumber", uploadPart],
    [
      "",
      (request, store) =>
        (request.header("x-amz-copy-source") ? copyObject : putObject)(request, store),
    ],
  ],
  POST: [
    ["uploads", createUpload],
    ["uploadId", completeUpload],
  ],
  DELETE: [
    ["uploadId", abortUpload],
    ["", deleteObject],
  ],
};

/** The parameters that choose an operation of S3's. Where `Routes` has none for the method, it is not implemented. */
const subresource =
  /^(abac|accelerate|acl|analytics|attributes|cors|delete|encryption|intelligent-tiering|inventory|legal-hold|lifecycle|location|logging|metadata[A-Za-z]+|metrics|notification|object-lock|ownershipControls|policy|policyStatus|publicAccessBlock|renameObject|replication|requestPayment|restore|retention|select|select-type|session|tagging|torrent|uploads|versionId|versioning|versions|website)$/;

/** The headers that ask for what we do not do. To ignore them would be to promise it. */
const foreignHeaders =
  /^x-amz-(server-side-encryption|grant-|tagging|object-lock|website-redirect|copy-source-server-side|request-payer$|bucket-object-lock|bucket-namespace$|object-ownership$|bypass-governance|mfa$|if-match-|write-offset-bytes$|rename-source|(source-)?expected-bucket-owner$)/;

/** @throws S3Error NotImplemented, MethodNotAllowed, NoSuchBucket */
export function route(request: S3Request, bucket: string): Operation {
  for (const name of request.headerNames()) refuseHeader(name, request.header(name) ?? "");
  const routes = request.key ? ofObject : request.bucket ? ofBucket : ofService;
  const choices = routes[request.method] ?? [];
  for (const [name] of request.signable.query) {
    if (subresource.test(name) && !choices.some(([parameter]) => parameter === name))
      throw notImplemented(`${request.method} with the parameter ${name}`);
  }
  if (choices.length === 0) {
    const headers = { Allow: Object.keys(routes).join(", ") };
    throw new S3Error(
      "MethodNotAllowed",
      "The specified method is not allowed against this resource.",
      { Method: request.method },
      headers,
    );
  }
  const found = choices.find(([name]) => name === "" || request.query(name) !== undefined);
  const creates = request.method === "PUT" && !request.key;
  if (request.bucket && !creates) requireBucket(request.bucket, bucket);
  if (!found)
    throw notImplemented(`${request.method} without ${choices.map(([name]) => name).join(" or ")}`);
  return found[1];
}

/** Also for the fields of a form, which become headers. */
export function refuseHeader(name: string, value: string): void {
  const plain =
    (name === "x-amz-acl" && value === "private") ||
    (name === "x-amz-storage-class" && value === "STANDARD");
  const other = name === "x-amz-acl" || name === "x-amz-storage-class";
  if (foreignHeaders.test(name) || (other && !plain)) throw notImplemented(`${name}: ${value}`);
}

export function requireBucket(given: string, bucket: string): void {
  if (given === bucket) return;
  throw new S3Error("NoSuchBucket", "The specified bucket does not exist", { BucketName: given });
}
