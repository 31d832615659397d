import { HttpError } from "./http";

/**
 * Refuses content that is not the thing itself, before it is read. Taken as it is, a fragment would
 * be stored as the whole, and compressed bytes as what they are not.
 * @throws HttpError 400 (Content-Range: RFC 9110, 14.5), 415 (Content-Encoding: RFC 9110, 15.5.16)
 */
export function assertWholeContent(headers: Headers): void {
  if (headers.has("content-range")) {
    const detail = "Content-Range says that this is a part. Send the whole, without that header.";
    throw new HttpError(400, "partial-content", detail);
  }
  const codings = (headers.get("content-encoding") ?? "").split(",").map((coding) => coding.trim());
  const coding = codings.find((name) => name !== "" && name.toLowerCase() !== "identity");
  if (coding === undefined) return;
  const detail = `Content in ${JSON.stringify(coding)} is not decoded here. Send it without Content-Encoding.`;
  throw new HttpError(415, "unsupported-content-encoding", detail, {
    headers: { "accept-encoding": "identity" },
  });
}
