import { notImplemented, S3Error } from "./errors.ts";
import { owner } from "./owner.ts";
import type { S3Request } from "./request.ts";
import { type Answer, iso, type Store, xml } from "./store.ts";
import { document, element } from "./xml.ts";

/** HEAD /bucket */
export const headBucket = (_: S3Request, { region }: Store): Answer => ({
  status: 200,
  headers: { "x-amz-bucket-region": region },
});

/** PUT /bucket. The bucket is always there; to make it once more is no error, and there is no other. */
export function createBucket(request: S3Request, { bucket }: Store): Answer {
  if (request.bucket === bucket) return { status: 200, headers: { location: `/${bucket}` } };
  throw new S3Error(
    "TooManyBuckets",
    "You have attempted to create more buckets than allowed: this endpoint has one.",
  );
}

/** DELETE /bucket. The bucket stays: the application has no other. */
export function deleteBucket(): Answer {
  throw notImplemented("DeleteBucket");
}

/** GET /bucket?location. AWS says nothing for us-east-1. */
export const bucketLocation = (_: S3Request, { region }: Store): Answer =>
  xml(document("LocationConstraint", region === "us-east-1" ? "" : region));

/** GET /. In: prefix, bucket-region, max-buckets. Out: the bucket, unless it is filtered out. */
export function listBuckets(request: S3Request, { bucket, region, createdAt }: Store): Answer {
  const prefix = request.query("prefix");
  if (request.count("max-buckets", 10_000, 10_000) === 0) {
    throw new S3Error(
      "InvalidArgument",
      "Argument max-buckets must be an integer from 1 to 10000",
      {
        ArgumentName: "max-buckets",
      },
    );
  }
  // One page has all of them: no token of a next one was ever given out.
  if (request.query("continuation-token") !== undefined) {
    throw new S3Error("InvalidArgument", "The continuation token provided is incorrect", {
      ArgumentName: "continuation-token",
    });
  }
  const isWanted =
    bucket.startsWith(prefix ?? "") && (request.query("bucket-region") ?? region) === region;
  const found = element(
    "Bucket",
    element("Name", bucket),
    element("CreationDate", iso(createdAt)),
    element("BucketRegion", region),
  );
  return xml(
    document(
      "ListAllMyBucketsResult",
      owner(),
      element("Buckets", ...(isWanted ? [found] : [])),
      ...(prefix === undefined ? [] : [element("Prefix", prefix)]),
    ),
  );
}
