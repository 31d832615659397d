import { env } from "./env";

/** The address of the object store, for us and for browsers: AWS itself where none is named. */
export function storeEndpoint(): string {
  const { S3_ENDPOINT, S3_REGION } = env();
  return S3_ENDPOINT ?? `https://s3.${S3_REGION}.amazonaws.com`;
}
