import { readText } from "./body.ts";
import { admission, mustMatch } from "./conditions.ts";
import { asS3Error, notImplemented, S3Error } from "./errors.ts";
import { requireKeyLength, type S3Request } from "./request.ts";
import { type Answer, type Store, xml } from "./store.ts";
import { type Content, document, element, parseXml } from "./xml.ts";

const MAX_KEYS = 1000;
const MAX_BODY_BYTES = 2 * 1024 * 1024;

/** DELETE /bucket/key. In: If-Match. Out: 204, whether it was there or not; with If-Match it must be. */
export async function deleteObject(request: S3Request, { objects }: Store): Promise<Answer> {
  await objects.delete(request.key, admission(request));
  return { status: 204 };
}

/**
 * POST /bucket?delete. In: up to 1,000 keys, each perhaps with the ETag that it must have; Content-MD5 or a checksum.
 * Out: what is gone, and what is not. A version, a size or a time that it names is NotImplemented for that key.
 */
export async function deleteObjects(request: S3Request, { objects }: Store): Promise<Answer> {
  const { wanted, quiet } = parseDelete(await readText(request, MAX_BODY_BYTES));
  const results: Content[] = [];
  for (const { Key, ETag, ...rest } of wanted) {
    try {
      const [condition] = Object.keys(rest);
      if (condition) throw notImplemented(`Deleting by ${condition}`);
      requireKeyLength(Key);
      await objects.delete(Key, ETag === undefined ? undefined : mustMatch(Key, ETag));
      if (!quiet) results.push(element("Deleted", element("Key", Key)));
    } catch (thrown) {
      const { code, message } = asS3Error(thrown);
      const told = [element("Code", code), element("Message", message)];
      results.push(element("Error", element("Key", Key), ...told));
    }
  }
  return xml(document("DeleteResult", ...results));
}

interface Wanted {
  Key: string;
  ETag?: string;
  [condition: string]: unknown;
}

function parseDelete(text: string): { wanted: Wanted[]; quiet: boolean } {
  const root = parseXml(text, "Delete") as { Object?: unknown[]; Quiet?: unknown } | undefined;
  const wanted = root?.Object ?? [];
  if (!wanted.every(isWanted) || wanted.length === 0 || wanted.length > MAX_KEYS) {
    throw new S3Error(
      "MalformedXML",
      "The XML you provided was not well-formed or did not validate against our published schema",
    );
  }
  return { wanted: wanted.map(withoutText), quiet: root?.Quiet === "true" };
}

function isWanted(given: unknown): given is Wanted {
  const { Key, ETag = "" } = Object(given) as Record<string, unknown>;
  return typeof Key === "string" && Key !== "" && typeof ETag === "string";
}

/** Without the blanks between elements, which the parser keeps. */
function withoutText({ "#text": _, ...elements }: Wanted): Wanted {
  return elements as Wanted;
}
