import {
  GetBucketAccelerateConfigurationCommand,
  GetBucketAclCommand,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketInventoryConfigurationCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLoggingCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetBucketReplicationCommand,
  GetBucketRequestPaymentCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetBucketWebsiteCommand,
  GetObjectAclCommand,
  GetObjectLegalHoldCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  GetObjectTaggingCommand,
  GetPublicAccessBlockCommand,
  ListBucketAnalyticsConfigurationsCommand,
  ListBucketIntelligentTieringConfigurationsCommand,
  ListBucketInventoryConfigurationsCommand,
  ListBucketMetricsConfigurationsCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Bucket, type Endpoint, origin, refusal, startEndpoint } from "./s3.fixture.ts";

let endpoint: Endpoint;
let client: S3Client;
beforeAll(async () => {
  endpoint = await startEndpoint();
  client = endpoint.client();
  await client.send(new PutObjectCommand({ Bucket, Key: "a", Body: "a" }));
});
afterAll(() => endpoint.stop());

const of = { Bucket };
const owner = { ID: "embedded", DisplayName: "embedded" };
const all = {
  Owner: owner,
  Grants: [{ Grantee: { ...owner, Type: "CanonicalUser" }, Permission: "FULL_CONTROL" }],
};

describe("a setting that nobody has made", () => {
  test.each<[string, () => Promise<object>, object]>([
    ["acceleration", () => client.send(new GetBucketAccelerateConfigurationCommand(of)), {}],
    ["the ACL", () => client.send(new GetBucketAclCommand(of)), all],
    [
      "analytics",
      () => client.send(new ListBucketAnalyticsConfigurationsCommand(of)),
      { IsTruncated: false },
    ],
    [
      "tiering",
      () => client.send(new ListBucketIntelligentTieringConfigurationsCommand(of)),
      { IsTruncated: false },
    ],
    [
      "inventories",
      () => client.send(new ListBucketInventoryConfigurationsCommand(of)),
      { IsTruncated: false },
    ],
    [
      "metrics",
      () => client.send(new ListBucketMetricsConfigurationsCommand(of)),
      { IsTruncated: false },
    ],
    ["logging", () => client.send(new GetBucketLoggingCommand(of)), {}],
    ["notifications", () => client.send(new GetBucketNotificationConfigurationCommand(of)), {}],
    [
      "who pays",
      () => client.send(new GetBucketRequestPaymentCommand(of)),
      { Payer: "BucketOwner" },
    ],
    ["versioning", () => client.send(new GetBucketVersioningCommand(of)), {}],
    ["the ACL of an object", () => client.send(new GetObjectAclCommand({ Bucket, Key: "a" })), all],
    [
      "the tags of an object",
      () => client.send(new GetObjectTaggingCommand({ Bucket, Key: "a" })),
      { TagSet: [] },
    ],
  ])("%s is answered as S3 does for a new bucket", async (_, ask, expected) => {
    const { $metadata, ...told } = (await ask()) as { $metadata?: object };
    expect(JSON.parse(JSON.stringify(told))).toEqual(expected);
  });

  test.each<[string, number, () => Promise<object>]>([
    [
      "ServerSideEncryptionConfigurationNotFoundError",
      404,
      () => client.send(new GetBucketEncryptionCommand(of)),
    ],
    [
      "NoSuchLifecycleConfiguration",
      404,
      () => client.send(new GetBucketLifecycleConfigurationCommand(of)),
    ],
    [
      "ObjectLockConfigurationNotFoundError",
      404,
      () => client.send(new GetObjectLockConfigurationCommand(of)),
    ],
    [
      "OwnershipControlsNotFoundError",
      404,
      () => client.send(new GetBucketOwnershipControlsCommand(of)),
    ],
    ["NoSuchBucketPolicy", 404, () => client.send(new GetBucketPolicyCommand(of))],
    ["NoSuchBucketPolicy", 404, () => client.send(new GetBucketPolicyStatusCommand(of))],
    [
      "NoSuchPublicAccessBlockConfiguration",
      404,
      () => client.send(new GetPublicAccessBlockCommand(of)),
    ],
    [
      "ReplicationConfigurationNotFoundError",
      404,
      () => client.send(new GetBucketReplicationCommand(of)),
    ],
    ["NoSuchTagSet", 404, () => client.send(new GetBucketTaggingCommand(of))],
    ["NoSuchWebsiteConfiguration", 404, () => client.send(new GetBucketWebsiteCommand(of))],
    [
      "NoSuchConfiguration",
      404,
      () => client.send(new GetBucketInventoryConfigurationCommand({ Bucket, Id: "x" })),
    ],
    ["InvalidRequest", 400, () => client.send(new GetObjectLegalHoldCommand({ Bucket, Key: "a" }))],
    ["InvalidRequest", 400, () => client.send(new GetObjectRetentionCommand({ Bucket, Key: "a" }))],
    ["NoSuchKey", 404, () => client.send(new GetObjectAclCommand({ Bucket, Key: "nowhere" }))],
    ["NoSuchKey", 404, () => client.send(new GetObjectTaggingCommand({ Bucket, Key: "nowhere" }))],
    ["NoSuchBucket", 404, () => client.send(new GetBucketVersioningCommand({ Bucket: "other" }))],
  ])("is %s, with status %d", async (code, status, ask) => {
    expect(await refusal(ask())).toEqual([code, status]);
  });
});

test("the one setting that there is, CORS, is told as it is", async () => {
  const { CORSRules } = await client.send(new GetBucketCorsCommand(of));
  expect(CORSRules).toMatchObject([
    { AllowedOrigins: [origin], AllowedHeaders: ["*"], MaxAgeSeconds: 600 },
  ]);
  expect(CORSRules?.[0]?.AllowedMethods).toContain("PUT");
  expect(CORSRules?.[0]?.ExposeHeaders).toContain("ETag");
  const own = await startEndpoint({ allowedOrigins: [] });
  const none = own.client().send(new GetBucketCorsCommand(of));
  expect(await refusal(none)).toEqual(["NoSuchCORSConfiguration", 404]);
  await own.stop();
});
