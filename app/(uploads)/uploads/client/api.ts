import type { z } from "zod";
import { createWireClient, type OnFrame, parsed, Refusal } from "@/components/wire-client";
import { api } from "@/lib/api";
import { problemSchema } from "@/lib/problem";
import {
  multipart,
  type PresignedRequest,
  presigned,
  signedParts,
  storedParts,
  upload,
  uploadList,
} from "../../contract";

/** The application's API, as the page uses it; every answer is parsed by its contract. */
export function createApi(onFrame: OnFrame) {
  const wire = createWireClient(onFrame);
  const one = (id: string) => ({ params: { path: { id } } });

  return {
    onFrame,
    list: (cursor?: string) =>
      parsed(uploadList, api.GET("/api/uploads", { params: { query: { cursor } } })),
    presign: (body: PresignedRequest, signal?: AbortSignal) =>
      parsed(presigned, wire.POST("/api/uploads/presigned", { body, signal })),
    begin: (file: File, signal: AbortSignal) =>
      parsed(multipart, wire.POST("/api/uploads/multipart", { body: descriptionOf(file), signal })),
    sign: (id: string, parts: { number: number; sha256?: string }[], signal: AbortSignal) =>
      parsed(
        signedParts,
        wire.POST("/api/uploads/{id}/parts", { ...one(id), body: { parts }, signal }),
      ),
    stored: (id: string) => parsed(storedParts, wire.GET("/api/uploads/{id}/parts", one(id))),
    complete: (id: string, signal?: AbortSignal) =>
      parsed(upload, wire.POST("/api/uploads/{id}/complete", { ...one(id), signal })),
    async remove(id: string): Promise<void> {
      const { status } = (await wire.DELETE("/api/uploads/{id}", one(id))).response;
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
  throw refusalOf(status, text);
}

function refusalOf(status: number, text: string): Refusal {
  try {
    const { detail, title, type } = problemSchema.parse(JSON.parse(text));
    return new Refusal(status, `${status}: ${detail ?? title}`, type);
  } catch {
    return new Refusal(status, `The server answered ${status}.`);
  }
}
