import { readText } from "./body.ts";
import { S3Error } from "./errors.ts";
import { MAX_KEY_BYTES, type S3Request } from "./request.ts";
import { type Answer, type Store, xml } from "./store.ts";
import { document, element, parseXml } from "./xml.ts";

const MAX_KEYS = 1000;
const MAX_BODY_BYTES = 2 * 1024 * 1024;

/** DELETE /bucket/key. Out: 204, whether it was there or not. */
export async function deleteObject(request: S3Request, { objects }: Store): Promise<Answer> {
  await objects.delete(request.key);
  return { status: 204 };
}

/** POST /bucket?delete. In: up to 1,000 keys, with Content-MD5 or a checksum. Out: what is gone, and what is not. */
export async function deleteObjects(request: S3Request, { objects }: Store): Promise<Answer> {
  const { keys, quiet } = parseDelete(await readText(request, MAX_BODY_BYTES));
  const results = [];
  for (const key of keys) {
    if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
      results.push(
        element(
          "Error",
          element("Key", key),
          element("Code", "KeyTooLongError"),
          element("Message", "Your key is too long"),
        ),
      );
      continue;
    }
    await objects.delete(key);
    if (!quiet) results.push(element("Deleted", element("Key", key)));
  }
  return xml(document("DeleteResult", ...results));
}

function parseDelete(text: string): { keys: string[]; quiet: boolean } {
  const root = parseXml(text, "Delete") as
    | { Object?: { Key?: unknown }[]; Quiet?: unknown }
    | undefined;
  const keys = (root?.Object ?? []).map((object) => object?.Key);
  const named = keys.every((key): key is string => typeof key === "string" && key !== "");
  if (!named || keys.length === 0 || keys.length > MAX_KEYS) {
    throw new S3Error(
      "MalformedXML",
      "The XML you provided was not well-formed or did not validate against our published schema",
    );
  }
  return { keys, quiet: root?.Quiet === "true" };
}
