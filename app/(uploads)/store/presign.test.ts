import { PutObjectCommand, S3Client, UploadPartCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createPresigner } from "./presign";

const signer = {
  endpoint: "http://127.0.0.1:9000",
  region: "eu-central-1",
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
};
const { endpoint, region, accessKeyId, secretAccessKey } = signer;
const client = new S3Client({
  ...{ endpoint, region, forcePathStyle: true },
  credentials: { accessKeyId, secretAccessKey },
  requestChecksumCalculation: "WHEN_REQUIRED",
});

const parameters = (url: string) => {
  const { origin, pathname, searchParams } = new URL(url);
  return { origin, pathname, entries: Object.fromEntries(searchParams) };
};

const anyKey = fc
  .string({
    unit: fc.constantFrom("a", "B", "0", "/", " ", "é", "!", "(", "*", "'", "+", "~", "%"),
    minLength: 1,
  })
  .filter((key) => !/^\/|\/\/|\/$|^\.+$/.test(key));

test("signs parts as the SDK does", async () => {
  await fc.assert(
    fc.asyncProperty(
      anyKey,
      fc.integer({ min: 1, max: 10_000 }),
      fc.date({ min: new Date("2020-01-01"), max: new Date("2040-01-01"), noInvalidDate: true }),
      fc.integer({ min: 1, max: 604_800 }),
      async (key, number, at, expiresIn) => {
        const command = new UploadPartCommand({
          ...{ Bucket: "my-bucket", Key: key, UploadId: "id/+=", PartNumber: number },
          ContentLength: 1_234,
        });
        const theirs = await getSignedUrl(client, command, {
          ...{ expiresIn, signingDate: at },
          signableHeaders: new Set(["content-length"]),
        });
        const ours = createPresigner(
          signer,
          at,
        )({
          ...{ method: "PUT", bucket: "my-bucket", key, expiresIn },
          query: { partNumber: String(number), uploadId: "id/+=", "x-id": "UploadPart" },
          headers: { "content-length": "1234" },
        });
        expect(parameters(ours)).toEqual(parameters(theirs));
      },
    ),
    { numRuns: 100 },
  );
});

test("signs a PUT with its type, length and digest as the SDK does", async () => {
  const at = new Date("2026-11-22T12:00:00Z");
  const sha256 = "X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=";
  const command = new PutObjectCommand({
    ...{ Bucket: "b", Key: "u/1/2", ContentType: "image/png", ContentLength: 7 },
    ChecksumSHA256: sha256,
  });
  const theirs = await getSignedUrl(client, command, {
    ...{ expiresIn: 60, signingDate: at },
    signableHeaders: new Set(["content-type", "content-length", "x-amz-checksum-sha256"]),
    unhoistableHeaders: new Set(["x-amz-checksum-sha256"]),
  });
  const ours = createPresigner(
    signer,
    at,
  )({
    ...{ method: "PUT", bucket: "b", key: "u/1/2", expiresIn: 60 },
    // The SDK says which operation it is.
    query: { "x-id": "PutObject" },
    headers: {
      "content-type": "image/png",
      "content-length": "7",
      "x-amz-checksum-sha256": sha256,
    },
  });
  expect(parameters(ours)).toEqual(parameters(theirs));
});
