import { json, route } from "@/lib/http";
import { readQuery } from "@/lib/query";
import { addressDigest } from "@/lib/rate-limit/caller";
import { piecesOf } from "@/lib/request-body";
import { requireSession } from "@/lib/session/session";
import { assertWholeContent } from "@/lib/whole-content";
import { streamQuery, type Upload, uploadLimits } from "../../../contract";
import { expectedDigests } from "../../../file/digest-fields";
import { assertDeclaredLength, declaredLength, readBody } from "../../../receive/body";
import { readForm } from "../../../receive/form";
import { streamingSlots } from "../../../receive/slots";
import { createStreamingUpload } from "../../../receive/streaming-upload";
import { sweepNowAndThen } from "../../../remove";

const { streamingBytes, besideFileBytes } = uploadLimits;

// Receives a file of up to 5 GiB in constant memory. Nothing is stored unless all of it is.
//   PUT ?name= → the body is the file; Content-Digest and Repr-Digest (RFC 9530) are verified.
//   POST       → multipart/form-data with one file.
//   Both → 201, its size and SHA-256; Location is the upload.
// Fails with 400 (broke off, malformed, a part of a file, a digest that does not match), 401, 408 (silent, or too slow),
// 413, 415 (no form; compressed), 429 (4 at once, or 12 from an address), 503 (24 at once, the store is away), 507 (quota;
// the store is full).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  async PUT(request) {
    const { userId } = await requireSession(request);
    const { name } = readQuery(request, streamQuery);
    assertWholeContent(request.headers);
    const expected = expectedDigests(request.headers);
    assertDeclaredLength(request.headers, streamingBytes);
    const declared = declaredLength(request.headers);
    const address = addressDigest(request);
    return receive(request, { userId, address, declared, expected }, (upload) =>
      upload.take(name, readBody(request, streamingBytes)),
    );
  },

  async POST(request) {
    const { userId } = await requireSession(request);
    assertDeclaredLength(request.headers, streamingBytes + besideFileBytes);
    const declared = declaredLength(request.headers);
    const address = addressDigest(request);
    return receive(request, { userId, address, declared }, (upload) =>
      readForm(request, streamingBytes, ({ name, bytes }) => upload.take(name, piecesOf(bytes))),
    );
  },
});

type StreamingUpload = ReturnType<typeof createStreamingUpload>;

function receive(
  request: Request,
  options: Parameters<typeof createStreamingUpload>[0],
  take: (upload: StreamingUpload) => Promise<void>,
): Promise<Response> {
  sweepNowAndThen();
  return streamingSlots().run(request, options.userId, async () => {
    const upload = createStreamingUpload(options);
    try {
      await take(upload);
      return created(await upload.commit());
    } catch (error) {
      await upload.discard();
      throw error;
    }
  });
}

const created = (upload: Upload) =>
  json(upload, { status: 201, headers: { location: `/api/uploads/${upload.id}` } });
