import { type Checksum, requireAlgorithm } from "./checksums.ts";
import { S3Error } from "./errors.ts";
import { checksumHeaderNames } from "./expected.ts";
import type { StoredObject } from "./objects.ts";
import type { S3Request } from "./request.ts";

/** What a client says of the whole object when it completes an upload. The headers are about that, not about the body. */
interface Claim {
  /** x-amz-checksum-<algorithm>; the value may end with `-<parts>`. */
  checksum?: Checksum;
  type?: string;
  /** x-amz-mp-object-size, in bytes. */
  size?: string;
}

/** @throws S3Error InvalidRequest, NotImplemented for a checksum that we do not have */
function parseClaim(request: S3Request): Claim {
  const [name, another] = checksumHeaderNames(request);
  if (another) {
    throw new S3Error(
      "InvalidRequest",
      "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
    );
  }
  const type = request.header("x-amz-checksum-type");
  if (type !== undefined && type !== "COMPOSITE" && type !== "FULL_OBJECT") {
    throw new S3Error("InvalidRequest", "Value for x-amz-checksum-type header is invalid.");
  }
  return {
    type,
    size: request.header("x-amz-mp-object-size"),
    checksum: name
      ? {
          algorithm: requireAlgorithm(name.slice("x-amz-checksum-".length)),
          value: request.header(name) ?? "",
        }
      : undefined,
  };
}

/**
 * The check of an object against what its client says of it.
 * @returns throws S3Error BadDigest where the checksum is another one, InvalidRequest where it is of another kind, or
 * where the size is another one
 */
export function claimOf(
  request: S3Request,
): (object: Pick<StoredObject, "checksum" | "size">) => void {
  const { checksum, type, size } = parseClaim(request);
  return (object) => {
    if (size !== undefined && size !== String(object.size)) {
      throw new S3Error(
        "InvalidRequest",
        "The provided 'x-amz-mp-object-size' header does not match what was computed.",
        { ProvidedSize: size, ObjectSize: object.size },
      );
    }
    if (type !== undefined && (type !== "COMPOSITE" || !object.checksum)) {
      const mode = object.checksum ? "the COMPOSITE checksum mode" : "no checksum";
      throw new S3Error(
        "InvalidRequest",
        `The upload was created using ${mode}. The complete request must use the same checksum mode.`,
      );
    }
    if (!checksum) return;
    const { algorithm } = checksum;
    if (object.checksum?.algorithm !== algorithm) {
      throw new S3Error(
        "InvalidRequest",
        `Checksum Type mismatch occurred, expected checksum Type: ${object.checksum?.algorithm.toLowerCase() ?? "null"}, actual checksum Type: ${algorithm.toLowerCase()}`,
      );
    }
    const { value } = object.checksum;
    if (checksum.value === value || checksum.value === value.replace(/-\d+$/, "")) return;
    throw new S3Error(
      "BadDigest",
      `The ${algorithm} you specified did not match the calculated checksum.`,
    );
  };
}
