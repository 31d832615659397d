import { S3Error } from "./errors.ts";
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

/** GET /bucket?location. AWS says nothing for us-east-1. */
export const bucketLocation = (_: S3Request, { region }: Store): Answer =>
  xml(document("LocationConstraint", region === "us-east-1" ? "" : region));

/** GET / */
export const listBuckets = (_: S3Request, { bucket }: Store): Answer =>
  xml(
    document(
      "ListAllMyBucketsResult",
      element("Owner", element("ID", "embedded")),
      element(
        "Buckets",
        element("Bucket", element("Name", bucket), element("CreationDate", iso(0))),
      ),
    ),
  );
