import type { binaryTypes } from "../contract";

type BinaryType = (typeof binaryTypes)[number];

/**
 * Whether bytes begin as a file of a type does. A signature is looked at whole: many begin with
 * letters, and text may begin with the same. It tells a family: a video is MP4 whatever its brand is,
 * and a JAR, an EPUB and a DOCX are ZIPs, which is what browsers call some of them.
 */
export const isOfType: Record<BinaryType, (bytes: Uint8Array) => boolean> = {
  "image/png": (bytes) => begins(bytes, "\x89PNG\r\n\x1a\n"),
  "image/jpeg": (bytes) => begins(bytes, "\xff\xd8\xff"),
  "image/gif": (bytes) => begins(bytes, "GIF87a") || begins(bytes, "GIF89a"),
  "image/webp": (bytes) => begins(bytes, "RIFF") && /^WEBPVP8[ LX]$/.test(text(bytes, 8, 16)),
  "image/avif": (bytes) => brandsOf(bytes).some((brand) => /^avi[fs]$/.test(brand)),
  "application/pdf": (bytes) => /%PDF-\d/.test(text(bytes, 0, PDF_HEADER_BYTES)),
  // A file, none at all, or the mark of one that was to be split (APPNOTE.TXT 4.3.6, 4.4.1.5, 8.5.3).
  "application/zip": (bytes) =>
    ["PK\x03\x04", "PK\x05\x06", "PK\x07\x08PK"].some((signature) => begins(bytes, signature)),
  "audio/mpeg": (bytes) => isId3(bytes) || isMpegAudioFrame(bytes),
  "video/mp4": (bytes) => {
    const [major] = brandsOf(bytes);
    return major !== undefined && !IMAGE_BRANDS.test(major);
  },
};

const text = (bytes: Uint8Array, start: number, end: number) =>
  Buffer.from(bytes.subarray(start, end)).toString("latin1");
const begins = (bytes: Uint8Array, signature: string) =>
  text(bytes, 0, signature.length) === signature;

/** Readers look for the header of a PDF in so many bytes (ISO 32000-1, H.3.4.1). */
const PDF_HEADER_BYTES = 1_024;

/** Of pictures in the container that MP4 uses as well. */
const IMAGE_BRANDS = /^(avi[fs]|hei[cfmsx]|hev[cmsx]|mi[fa][12]|msf1|crx )$/;
/** Of a box that only lists brands. As text its length would be more than 500 million. */
const MAX_BOX_BYTES = 4_096;

/** The brands of an ISO base media file (ISO/IEC 14496-12, 4.3): the major one, then those it is compatible with. */
function brandsOf(bytes: Uint8Array): string[] {
  if (bytes.length < 16 || text(bytes, 4, 8) !== "ftyp") return [];
  const length = Buffer.from(bytes.subarray(0, 4)).readUInt32BE();
  if (length < 16 || length > MAX_BOX_BYTES) return [];
  const compatible = text(bytes, 16, length).match(/.{4}/gs) ?? [];
  return [text(bytes, 8, 12), ...compatible];
}

/** ID3v2.4.0, 3.1: a version and a revision, so far below 16, and a length in four bytes of seven bits each. */
const isId3 = (bytes: Uint8Array) =>
  bytes.length >= 10 &&
  begins(bytes, "ID3") &&
  bytes.subarray(3, 5).every((byte) => byte < 0x10) &&
  bytes.subarray(6, 10).every((byte) => byte < 0x80);

/** ISO/IEC 11172-3, 2.4.2.3: the sync word; a version, layer, bitrate and sampling rate that are not reserved. */
function isMpegAudioFrame([sync = 0, kind = 0, rates = 0]: Uint8Array): boolean {
  const [version, layer] = [(kind >> 3) & 3, (kind >> 1) & 3];
  return (
    sync === 0xff &&
    kind >> 5 === 7 &&
    version !== 1 &&
    layer !== 0 &&
    rates >> 4 !== 15 &&
    ((rates >> 2) & 3) !== 3
  );
}
