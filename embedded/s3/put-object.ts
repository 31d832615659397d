import { openBody } from "./body.ts";
import { admission } from "./conditions.ts";
import { checksumHeaders, descriptionOf } from "./description.ts";
import type { S3Request } from "./request.ts";
import { type Answer, quoted, type Store, seconds } from "./store.ts";

/**
 * PUT /bucket/key. In: the bytes, plain or aws-chunked; Content-Type and the like, x-amz-meta-*, Content-MD5 or one
 * x-amz-checksum-*, If-None-Match: *, If-Match. Out: 200 with the ETag. Failures: BadDigest, IncompleteBody,
 * EntityTooLarge, PreconditionFailed; none of them leaves anything.
 */
export async function putObject(request: S3Request, store: Store): Promise<Answer> {
  const { objects, blobs, now } = store;
  const { key } = request;
  const admit = admission(request);
  const description = descriptionOf(request);
  const body = openBody(request);
  // Before the body as well: of a client that waits for 100 Continue it need not come.
  admit(objects.get(key));
  const blob = await blobs.write(body.chunks);
  const { md5, checksum } = body.received();
  const object = {
    ...description,
    key,
    size: blob.size,
    etag: md5,
    lastModified: seconds(now()),
    checksum,
    blobs: [blob],
  };
  try {
    await objects.put(object, admit);
  } catch (error) {
    await blobs.release([blob]);
    throw error;
  }
  return {
    status: 200,
    headers: { etag: quoted(md5), ...(checksum ? checksumHeaders(checksum) : {}) },
  };
}
