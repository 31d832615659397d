import { S3Error } from "./errors.ts";
import { listing } from "./listing.ts";
import type { S3Request } from "./request.ts";
import { type Answer, type Store, xml } from "./store.ts";
import { document, element } from "./xml.ts";

/**
 * GET /bucket: ListObjects, the first version. In: marker, and what `listing` takes. Out: a page of keys, each with its
 * owner. The next page begins after NextMarker, which is told only with a delimiter; without one, after the last key.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html
 */
export function listObjects(request: S3Request, store: Store): Answer {
  const marker = request.query("marker") ?? "";
  const { page, encode, elements } = listing(request, store, { after: marker, withOwner: true });
  const hasNext = page.truncated && Boolean(request.query("delimiter"));
  return xml(
    document(
      "ListBucketResult",
      element("Marker", encode(marker)),
      ...(hasNext ? [element("NextMarker", encode(page.last ?? ""))] : []),
      ...elements,
    ),
  );
}

/**
 * GET /bucket?list-type=2: ListObjectsV2. In: start-after, continuation-token, fetch-owner, and what `listing` takes.
 * Out: a page of keys, and the token of the next one.
 */
export function listObjectsV2(request: S3Request, store: Store): Answer {
  const startAfter = request.query("start-after");
  const token = request.query("continuation-token");
  const after = token === undefined ? (startAfter ?? "") : parseToken(token);
  const withOwner = request.query("fetch-owner")?.toLowerCase() === "true";
  const { page, encode, elements } = listing(request, store, { after, withOwner });
  return xml(
    document(
      "ListBucketResult",
      ...(startAfter === undefined ? [] : [element("StartAfter", encode(startAfter))]),
      ...(token === undefined ? [] : [element("ContinuationToken", token)]),
      ...(page.truncated ? [element("NextContinuationToken", makeToken(page.last ?? ""))] : []),
      element("KeyCount", page.items.length + page.prefixes.length),
      ...elements,
    ),
  );
}

const makeToken = (last: string) => Buffer.from(last).toString("base64url");

function parseToken(token: string): string {
  const last = Buffer.from(token, "base64url").toString("utf8");
  if (token !== "" && makeToken(last) === token) return last;
  throw new S3Error("InvalidArgument", "The continuation token provided is incorrect", {
    ArgumentName: "continuation-token",
  });
}
