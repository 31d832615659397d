import { checksumElement, checksumType } from "./description.ts";
import { noSuchKey, S3Error } from "./errors.ts";
import type { StoredObject } from "./objects.ts";
import type { S3Request } from "./request.ts";
import { type Answer, type Store, xml } from "./store.ts";
import { type Content, document, element } from "./xml.ts";

/** What may be asked for, in the order of the answer. */
const attributes: Record<string, (object: StoredObject, request: S3Request) => Content[]> = {
  ETag: ({ etag }) => [element("ETag", etag)],
  Checksum: ({ checksum }) =>
    checksum
      ? [
          element(
            "Checksum",
            element(checksumElement(checksum.algorithm), checksum.value),
            element("ChecksumType", checksumType(checksum)),
          ),
        ]
      : [],
  ObjectParts: objectParts,
  StorageClass: () => [element("StorageClass", "STANDARD")],
  ObjectSize: ({ size }) => [element("ObjectSize", size)],
};

/**
 * GET /bucket/key?attributes. In: x-amz-object-attributes, a list of names; x-amz-max-parts, x-amz-part-number-marker.
 * Out: those of them that the object has.
 */
export function getAttributes(request: S3Request, { objects }: Store): Answer {
  const names = (request.header("x-amz-object-attributes") ?? "").split(",").map((n) => n.trim());
  const unknown = names.find((name) => !Object.hasOwn(attributes, name));
  if (unknown !== undefined) {
    throw new S3Error("InvalidArgument", "Invalid attribute name specified.", {
      ArgumentName: "x-amz-object-attributes",
      ArgumentValue: unknown,
    });
  }
  const object = objects.get(request.key);
  if (!object) throw noSuchKey(request.key);
  const wanted = Object.entries(attributes).filter(([name]) => names.includes(name));
  return xml(
    document(
      "GetObjectAttributesResponse",
      ...wanted.flatMap(([, elementsOf]) => elementsOf(object, request)),
    ),
    { "last-modified": new Date(object.lastModified).toUTCString() },
  );
}

/** Only of an object that was uploaded in parts; each part is told only where it has a checksum, as S3 does. */
function objectParts(object: StoredObject, request: S3Request): Content[] {
  const count = Number(/-(\d+)$/.exec(object.etag)?.[1] ?? 0);
  if (count === 0) return [];
  const max = request.headerCount("x-amz-max-parts", 1000, 1000);
  const marker = request.headerCount("x-amz-part-number-marker", 0, 10_000);
  const known = object.checksum ? (object.parts ?? []) : [];
  const rest = known.filter(({ number }) => number > marker);
  const shown = rest.slice(0, max);
  const page = [
    element("PartNumberMarker", marker),
    element("NextPartNumberMarker", shown.at(-1)?.number ?? marker),
    element("MaxParts", max),
    element("IsTruncated", max > 0 && rest.length > max),
  ];
  const parts = shown.map(({ number, size, checksum }) =>
    element(
      "Part",
      element("PartNumber", number),
      element("Size", size),
      ...(checksum ? [element(checksumElement(checksum.algorithm), checksum.value)] : []),
    ),
  );
  const details = known.length > 0 ? [...page, ...parts] : [];
  return [element("ObjectParts", element("PartsCount", count), ...details)];
}
