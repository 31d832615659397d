import type { z } from "zod";
import { problemSchema } from "@/lib/problem";
import {
  type Multipart,
  multipart,
  type Presigned,
  type PresignedRequest,
  presigned,
  type SignedParts,
  type StoredParts,
  signedParts,
  storedParts,
  type Upload,
  type UploadList,
  upload,
  uploadList,
} from "../../contract";

/** A refusal, by the application or by the store. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export type OnFrame = (
  direction: "in" | "out",
  label: string,
  body: string,
  bytes?: number,
) => void;

/** The application's API, as the page uses it; every answer is parsed by its contract. */
export function createApi(onFrame: OnFrame) {
  async function call<T>(
    method: string,
    path: string,
    schema: z.ZodType<T>,
    options: { body?: unknown; signal?: AbortSignal; quiet?: boolean } = {},
  ): Promise<T> {
    const { body, signal, quiet } = options;
    const text = body === undefined ? undefined : JSON.stringify(body);
    if (!quiet) onFrame("out", `${method} ${path}`, text ?? "");
    const response = await fetch(path, {
      method,
      signal,
      ...(text !== undefined && { body: text, headers: { "content-type": "application/json" } }),
    });
    const answer = await response.text();
    if (!quiet) onFrame("in", `${response.status} ${path}`, answer);
    return readAnswer(response.status, answer, schema);
  }

  const at = (id: string) => `/api/uploads/${id}`;
  return {
    onFrame,
    list: (cursor?: string): Promise<UploadList> => {
      const query = cursor ? `?cursor=${encodeURIComponent(cursor)}` : "";
      return call("GET", `/api/uploads${query}`, uploadList, { quiet: true });
    },
    presign: (body: PresignedRequest, signal?: AbortSignal): Promise<Presigned> =>
      call("POST", "/api/uploads/presigned", presigned, { body, signal }),
    begin: (file: File, signal: AbortSignal): Promise<Multipart> =>
      call("POST", "/api/uploads/multipart", multipart, { body: descriptionOf(file), signal }),
    sign: (
      id: string,
      parts: { number: number; sha256?: string }[],
      signal: AbortSignal,
    ): Promise<SignedParts> =>
      call("POST", `${at(id)}/parts`, signedParts, { body: { parts }, signal }),
    stored: (id: string): Promise<StoredParts> => call("GET", `${at(id)}/parts`, storedParts),
    complete: (id: string, signal?: AbortSignal): Promise<Upload> =>
      call("POST", `${at(id)}/complete`, upload, { signal }),
    async remove(id: string): Promise<void> {
      onFrame("out", `DELETE ${at(id)}`, "");
      const { status } = await fetch(at(id), { method: "DELETE" });
      onFrame("in", `${status} ${at(id)}`, "");
      if (status !== 204 && status !== 404) throw new Refusal(status, "It could not be deleted.");
    },
  };
}

export type Api = ReturnType<typeof createApi>;

/** Name, type and size as the API wants them. */
export const descriptionOf = ({ name, type, size }: File) => ({
  name,
  type: type || "application/octet-stream",
  size,
});

/** @throws Refusal with the problem's own words */
export function readAnswer<T>(status: number, text: string, schema: z.ZodType<T>): T {
  if (status >= 200 && status < 300) return schema.parse(JSON.parse(text));
  throw new Refusal(status, detailOf(status, text));
}

function detailOf(status: number, text: string): string {
  try {
    const { detail, title } = problemSchema.parse(JSON.parse(text));
    return `${status}: ${detail ?? title}`;
  } catch {
    return `The server answered ${status}.`;
  }
}
