import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import busboy from "busboy";
import { S3Error } from "./errors.ts";

/** S3's limit for everything before the file. */
const MAX_FIELD_BYTES = 20_000;

export interface Form {
  /** The fields before the file, by lower-case name. */
  fields: Map<string, string>;
  filename: string;
  /** To be read to its end: what comes after the file ends the form. */
  file: AsyncIterable<Buffer>;
  /** Resolves with what is wrong with the rest of the form, if anything. */
  ended: Promise<Error | undefined>;
  /** Leaves the rest unread. */
  leave(): void;
}

/** Reads a form (multipart/form-data) up to its file, which then arrives as fast as it is read. */
export function openForm(contentType: string, body: () => AsyncIterable<Buffer>): Promise<Form> {
  return new Promise((resolve, reject) => {
    const parser = newParser(contentType);
    const fields = new Map<string, string>();
    let files = 0;
    let size = 0;
    parser.on("field", (given, value, { nameTruncated, valueTruncated }) => {
      const name = given.toLowerCase();
      size += name.length + Buffer.byteLength(value);
      if (files > 0) return;
      if (size > MAX_FIELD_BYTES || nameTruncated || valueTruncated) parser.destroy(tooLong());
      else if (fields.has(name)) parser.destroy(malformed(`The field ${given} comes twice.`));
      else fields.set(name, value);
    });
    parser.on("file", (name, file, { filename }) => {
      files++;
      // Where the form breaks off the file does too, read or not: `ended` says why.
      file.on("error", () => file.resume());
      if (files > 1 || name !== "file") {
        parser.destroy(oneFile());
        return;
      }
      resolve({ fields, filename: filename ?? "", file, ended, leave: () => parser.destroy() });
    });
    parser.on("fieldsLimit", () => parser.destroy(tooLong()));
    const ended = pipeline(Readable.from(body(), { objectMode: false }), parser).then(
      () => undefined,
      (error: Error) => asForm(error),
    );
    // After a file this changes nothing: the promise is kept.
    ended.then((error) => reject(error ?? oneFile()));
  });
}

function newParser(contentType: string): busboy.Busboy {
  try {
    return busboy({
      headers: { "content-type": contentType },
      defParamCharset: "utf8",
      limits: { fieldNameSize: 1024, fieldSize: MAX_FIELD_BYTES, fields: 200 },
    });
  } catch {
    throw malformed("The body of your POST request is not well-formed multipart/form-data.");
  }
}

/** The parser's own errors are all about the form; an error of the connection stays what it is. */
function asForm(error: Error): Error {
  if (error instanceof S3Error || "code" in error) return error;
  return malformed("The body of your POST request is not well-formed multipart/form-data.");
}

const malformed = (message: string) => new S3Error("MalformedPOSTRequest", message);

const oneFile = () =>
  new S3Error("InvalidArgument", "POST requires exactly one file upload per request.", {
    ArgumentName: "file",
  });

const tooLong = () =>
  new S3Error(
    "MaxPostPreDataLengthExceeded",
    "Your POST request fields preceding the upload file were too large.",
    { MaxPostPreDataLengthBytes: MAX_FIELD_BYTES },
  );
