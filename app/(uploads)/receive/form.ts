import { once } from "node:events";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { MIMEType } from "node:util";
import busboy from "busboy";
import { HttpError } from "@/lib/http";
import type { Gulp } from "@/lib/request-body";
import { assertWholeContent } from "@/lib/whole-content";
import { uploadLimits } from "../contract";
import { readBody } from "./body";
import { withoutTransportPadding } from "./transport-padding";

/** The file of a form, as it comes. */
export interface FormFile {
  name: string;
  /** As the client says. */
  type: string;
  bytes: AsyncIterable<Buffer>;
}

const { besideFileBytes, fields, fieldBytes } = uploadLimits;
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
  assertWholeContent(request.headers);
  const boundary = boundaryOf(request.headers);
  const parser = createParser(boundary);
  const candidates: Promise<void>[] = [];
  let open: Readable | undefined;
  let taken: Promise<void> | undefined;
  let fileBytes = 0;
  let broken: unknown;
  let refused: unknown;

  async function* counted(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const bytes of stream) {
      fileBytes += bytes.length;
      yield bytes;
    }
  }

  function accept(file: FormFile): void {
    if (taken) return void parser.destroy(tooMuch());
    taken = take(file);
    taken.catch((error) => {
      // What is wrong with the form comes back by way of the file.
      if (error !== broken) refused = error;
      parser.destroy(error);
    });
  }

  parser.on("file", (_field, stream, { filename, mimeType, encoding }) => {
    open = stream;
    stream.once("error", (error) => {
      broken = error;
    });
    stream.once("close", () => {
      if (open === stream) open = undefined;
    });
    if (isEncoded(encoding)) return parser.destroy(encoded(encoding));
    const file = { name: filename ?? "", type: mimeType, bytes: counted(stream) };
    if (filename) return accept(file);
    // An input in which no file was chosen comes as a file without a name and without a byte.
    const candidate = isEmpty(stream).then((empty) => (empty ? undefined : accept(file)));
    candidate.catch(() => undefined);
    candidates.push(candidate);
  });
  parser.on("field", (_field, _value, { valueTruncated }) => {
    if (valueTruncated) parser.destroy(tooMuch());
  });
  for (const event of ["fieldsLimit", "filesLimit", "partsLimit"] as const)
    parser.on(event, () => parser.destroy(tooMuch()));

  /** Ends what is beside the file and has no end: a preamble, a field, a part without a name, an epilogue. */
  async function* bounded(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let parsed = 0;
    for await (const piece of pieces) {
      yield piece;
      parsed += piece.length;
      // While a file is open some of it may be on its way to its taker, and is not counted yet.
      if (!open && parsed - fileBytes > besideFileBytes) throw tooMuchBeside();
    }
  }

  // What is refused is answered at once: a client that has stalled sends nothing that would end the wait.
  const stop = new AbortController();
  parser.once("error", (error) => stop.abort(error));
  const body = readBody(request, maxFileBytes + besideFileBytes, uploadLimits.pace, stop.signal);
  try {
    await pipeline(bounded(withoutTransportPadding(each(body), boundary)), parser);
    await Promise.all(candidates);
    await taken;
  } catch (error) {
    // The reason comes first: a parser that was destroyed fails with what destroyed it.
    throw error instanceof HttpError || error === refused ? error : malformed(error);
  } finally {
    await taken?.catch(() => undefined);
  }
  if (!taken) throw new HttpError(400, "no-file", "The form has no file. Choose one, as `file`.");
}

/** Many small pieces are joined: each that waits in the parser costs more memory than it has bytes. */
const MANY_PIECES = 64;

async function* each(gulps: AsyncIterable<Gulp>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const gulp of gulps)
    if (gulp.length > MANY_PIECES) yield Buffer.concat(gulp);
    else yield* gulp;
}

/** Whether a file ends before its first byte. What was read of it is put back. */
async function isEmpty(stream: Readable): Promise<boolean> {
  await once(stream, "readable");
  const first = stream.read();
  if (first !== null) stream.unshift(first);
  return first === null;
}

function boundaryOf(headers: Headers): string {
  const type = headers.get("content-type") ?? "";
  if (!/^multipart\/form-data\s*(;|$)/i.test(type))
    throw new HttpError(415, "unsupported-media-type", "Send the file as multipart/form-data.", {
      headers: { accept: "multipart/form-data" },
    });
  try {
    const boundary = new MIMEType(type).params.get("boundary");
    if (boundary) return boundary;
  } catch (error) {
    throw malformed(error);
  }
  throw malformed(new Error("Content-Type names no boundary"));
}

function createParser(boundary: string): busboy.Busboy {
  const type = new MIMEType("multipart/form-data");
  type.params.set("boundary", boundary);
  return busboy({
    headers: { "content-type": String(type) },
    // Browsers send names in UTF-8 (RFC 7578, 4.2); the cleaning of paths is ours.
    defParamCharset: "utf8",
    preservePath: true,
    fileHwm: HIGH_WATER_MARK,
    highWaterMark: HIGH_WATER_MARK,
    limits: {
      // Inputs without a file come as files as well: `accept` counts those that are.
      files: fields + 1,
      fields,
      parts: fields + 2,
      fieldSize: fieldBytes,
      fieldNameSize: 100,
      headerPairs: 20,
    },
  });
}

/** A body part is binary as it is. Senders should use no other encoding (RFC 7578, 4.7). */
const isEncoded = (encoding: string) => !/^(7bit|8bit|binary)$/i.test(encoding);

const encoded = (encoding: string) =>
  malformed(new Error(`the file is in ${encoding}: send its bytes as they are (RFC 7578, 4.7)`));

const tooMuch = () =>
  new HttpError(
    400,
    "too-many-parts",
    `A form here has one file, and ${fields} fields of ${fieldBytes} bytes at most.`,
  );

const tooMuchBeside = () =>
  new HttpError(413, "too-large", `A form has at most ${besideFileBytes} bytes beside its file.`, {
    members: { maxBytes: besideFileBytes },
  });

const malformed = (error: unknown) =>
  new HttpError(400, "malformed-form", `The form cannot be read: ${(error as Error).message}.`);
