import { pipeline } from "node:stream/promises";
import busboy from "busboy";
import { HttpError } from "@/lib/http";
import type { Gulp } from "@/lib/request-body";
import { uploadLimits } from "../contract";
import { readBody } from "./body";

/** The file of a form, as it comes. */
export interface FormFile {
  name: string;
  /** As the client says. */
  type: string;
  bytes: AsyncIterable<Buffer>;
}

/** Bytes of a form beside its file: boundaries, part headers, fields. */
export const FORM_OVERHEAD = 64 * 1024;
/** Read and handed on in pieces of this size at most, whatever the network gives. */
const HIGH_WATER_MARK = 1024 * 1024;

/**
 * Reads multipart/form-data (RFC 7578) with one file in it, without holding the file:
 * request.formData() would. `take` gets the file while it is being received; what it throws ends the
 * reading, and what is wrong with the form ends the file.
 * Resolves after the closing boundary: only then is the file whole.
 * @throws HttpError 400, 408, 413, 415
 */
export async function readForm(
  request: Request,
  maxFileBytes: number,
  take: (file: FormFile) => Promise<void>,
): Promise<void> {
  const parser = createParser(request.headers);
  let taken: Promise<void> | undefined;
  let broken: unknown;
  let refused: unknown;
  parser.on("file", (_field, stream, { filename, mimeType }) => {
    stream.once("error", (error) => {
      broken = error;
    });
    taken = take({ name: filename ?? "", type: mimeType, bytes: stream });
    taken.catch((error) => {
      // What is wrong with the form comes back by way of the file.
      if (error !== broken) refused = error;
      parser.destroy(error);
    });
  });
  for (const event of ["fieldsLimit", "filesLimit", "partsLimit"] as const)
    parser.on(event, () => parser.destroy(tooMuch()));
  const body = readBody(request, maxFileBytes + FORM_OVERHEAD);
  try {
    await pipeline(each(body), parser);
    await taken;
  } catch (error) {
    // The reason comes first: a parser that was destroyed fails with what destroyed it.
    throw error instanceof HttpError || error === refused ? error : malformed(error);
  } finally {
    await taken?.catch(() => undefined);
  }
  if (!taken) throw new HttpError(400, "no-file", "The form has no file. Send one, as `file`.");
}

async function* each(gulps: AsyncIterable<Gulp>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const gulp of gulps) yield* gulp;
}

function createParser(headers: Headers): busboy.Busboy {
  const type = headers.get("content-type") ?? "";
  if (!/^multipart\/form-data\s*(;|$)/i.test(type))
    throw new HttpError(415, "unsupported-media-type", "Send the file as multipart/form-data.", {
      headers: { accept: "multipart/form-data" },
    });
  try {
    return busboy({
      headers: { "content-type": type },
      // Browsers send names in UTF-8 (RFC 7578, 4.2); the cleaning of paths is ours.
      defParamCharset: "utf8",
      preservePath: true,
      fileHwm: HIGH_WATER_MARK,
      highWaterMark: HIGH_WATER_MARK,
      limits: {
        files: 1,
        fields: uploadLimits.fields,
        parts: uploadLimits.fields + 2,
        fieldSize: uploadLimits.fieldBytes,
        fieldNameSize: 100,
        headerPairs: 20,
      },
    });
  } catch (error) {
    throw malformed(error);
  }
}

const tooMuch = () =>
  new HttpError(
    400,
    "too-many-parts",
    `A form here has one file, and ${uploadLimits.fields} fields at most.`,
  );

const malformed = (error: unknown) =>
  new HttpError(400, "malformed-form", `The form cannot be read: ${(error as Error).message}.`);
