import { test } from "./fixtures";
import { newGuest } from "./support/guest";
import { type OwnInstance, startInstance } from "./support/own-instance";
import { type Swift, startSwift, swiftIsInstalled } from "./support/swift";
import { uploadsSuite } from "./uploads/suite";

// A second opinion: the same suite over OpenStack Swift, whose S3 API others have written. Debian:
// apt install swift-proxy swift-account swift-container swift-object
test.skip(!swiftIsInstalled(), "Swift is not installed here");

let swift: Swift;
let instance: OwnInstance;

test.beforeAll(async () => {
  swift = await startSwift();
  const { endpoint, region, bucket, credentials } = swift;
  instance = await startInstance({
    S3_ENDPOINT: endpoint,
    S3_REGION: region,
    S3_BUCKET: bucket,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  });
});

test.afterAll(async () => {
  await instance?.end("SIGTERM");
  await swift?.stop();
});

uploadsSuite({
  async newGuest() {
    const { base } = instance;
    return { ...(await newGuest("Ada", base)), base, store: swift };
  },
  other: () => instance.base,
  forms: false,
  checksums: false,
});
