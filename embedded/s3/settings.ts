import { corsRule } from "./cors.ts";
import { type Details, noSuchKey, type S3Code, S3Error } from "./errors.ts";
import { owner } from "./owner.ts";
import type { S3Request } from "./request.ts";
import { type Answer, type Operation, type Store, xml } from "./store.ts";
import { document, element, elementWith } from "./xml.ts";

/**
 * The settings that a bucket or an object may have in S3 and has not here. To read one is answered as S3 answers for a
 * bucket on which nobody has set it; to set one is NotImplemented (router.ts). Tools ask for many of them unbidden.
 */

const empty =
  (root: string, ...contents: Parameters<typeof element>[1][]): Operation =>
  () =>
    xml(document(root, ...contents));

const none =
  (code: S3Code, message: string, details: Details = {}): Operation =>
  (_, { bucket }) => {
    throw new S3Error(code, message, { BucketName: bucket, ...details });
  };

/** Everything belongs to the one account, which may do all with it: the canned ACL `private`. */
const accessControl = (): Answer =>
  xml(
    document(
      "AccessControlPolicy",
      owner(),
      element(
        "AccessControlList",
        element(
          "Grant",
          elementWith(
            "Grantee",
            {
              "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
              "xsi:type": "CanonicalUser",
            },
            element("ID", "embedded"),
            element("DisplayName", "embedded"),
          ),
          element("Permission", "FULL_CONTROL"),
        ),
      ),
    ),
  );

const noPolicy = none("NoSuchBucketPolicy", "The bucket policy does not exist");

/** GET /bucket?<setting> */
export const bucketSettings: [parameter: string, operation: Operation][] = [
  ["accelerate", empty("AccelerateConfiguration")],
  ["acl", accessControl],
  ["analytics", listOf("ListBucketAnalyticsConfigurationResult")],
  ["cors", bucketCors],
  [
    "encryption",
    none(
      "ServerSideEncryptionConfigurationNotFoundError",
      "The server side encryption configuration was not found",
    ),
  ],
  ["intelligent-tiering", listOf("ListBucketIntelligentTieringConfigurationsOutput")],
  ["inventory", listOf("ListInventoryConfigurationsResult")],
  ["lifecycle", none("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist")],
  ["logging", empty("BucketLoggingStatus")],
  ["metrics", listOf("ListMetricsConfigurationsResult")],
  ["notification", empty("NotificationConfiguration")],
  [
    "object-lock",
    none(
      "ObjectLockConfigurationNotFoundError",
      "Object Lock configuration does not exist for this bucket",
    ),
  ],
  [
    "ownershipControls",
    none("OwnershipControlsNotFoundError", "The bucket ownership controls were not found"),
  ],
  ["policy", noPolicy],
  ["policyStatus", noPolicy],
  [
    "publicAccessBlock",
    none(
      "NoSuchPublicAccessBlockConfiguration",
      "The public access block configuration was not found",
    ),
  ],
  [
    "replication",
    none("ReplicationConfigurationNotFoundError", "The replication configuration was not found"),
  ],
  ["requestPayment", empty("RequestPaymentConfiguration", element("Payer", "BucketOwner"))],
  ["tagging", none("NoSuchTagSet", "The TagSet does not exist")],
  ["versioning", empty("VersioningConfiguration")],
  [
    "website",
    none(
      "NoSuchWebsiteConfiguration",
      "The specified bucket does not have a website configuration",
    ),
  ],
];

const noLock = none("InvalidRequest", "Bucket is missing Object Lock Configuration");

/** GET /bucket/key?<setting> */
export const objectSettings: [parameter: string, operation: Operation][] = [
  ["acl", ofObject(accessControl)],
  ["legal-hold", ofObject(noLock)],
  ["retention", ofObject(noLock)],
  ["tagging", ofObject(empty("Tagging", element("TagSet")))],
];

function ofObject(operation: Operation): Operation {
  return (request: S3Request, store: Store) => {
    if (!store.objects.get(request.key)) throw noSuchKey(request.key);
    return operation(request, store);
  };
}

/** Several configurations by their ids: all of none, and none of any id. */
function listOf(root: string): Operation {
  return (request) => {
    if (request.query("id") === undefined) {
      return xml(document(root, element("IsTruncated", false)));
    }
    throw new S3Error("NoSuchConfiguration", "The specified configuration does not exist.");
  };
}

/** The rule for the application's origins: the one setting that there is. */
function bucketCors(_: S3Request, { bucket, allowedOrigins }: Store): Answer {
  if (allowedOrigins.length > 0) {
    return xml(document("CORSConfiguration", corsRule(allowedOrigins)));
  }
  throw new S3Error("NoSuchCORSConfiguration", "The CORS configuration does not exist", {
    BucketName: bucket,
  });
}
