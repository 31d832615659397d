import { createHash, randomUUID } from "node:crypto";
import { createByteBudget } from "@/lib/byte-budget";
import { json, notFound, route } from "@/lib/http";
import { addressDigest } from "@/lib/rate-limit/caller";
import { remember } from "@/lib/remember";
import { requireSession } from "@/lib/session/session";
import { uploadLimits } from "../../../contract";
import { cleanName } from "../../../file/name";
import { decideType } from "../../../file/type";
import { assertDeclaredLength, tooLarge } from "../../../receive/body";
import { readForm } from "../../../receive/form";
import { busy, simpleSlots } from "../../../receive/slots";
import { removeUpload, sweepNowAndThen } from "../../../remove";
import { insertUpload, markStored, toUpload } from "../../../rows/rows";
import { putObject } from "../../../store/objects";

const { simpleBytes, besideFileBytes } = uploadLimits;

// Receives a small file whole, looks at it, and stores it.
//   POST multipart/form-data with one file of at most 5 MiB → 201; Location is the upload. Its type
//   is what its bytes are, from a list of accepted ones.
// Fails with 400, 401, 408, 413 (before reading where Content-Length says so), 415 (a type that is
// not accepted, or not what the client says), 429 (4 at once, or 24 from an address), 503 (this instance
// holds all that it may; the store is away), 507 (quota; the store is full).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  async POST(request) {
    const { userId } = await requireSession(request);
    assertDeclaredLength(request.headers, simpleBytes + besideFileBytes);
    return simpleSlots().run(request, userId, () => receive(request, userId));
  },
});

async function receive(request: Request, userId: string): Promise<Response> {
  const memory = heldBytes().share();
  try {
    const file = { name: "", declared: "", bytes: Buffer.of() as Buffer };
    await readForm(request, simpleBytes, async ({ name, type, bytes }) => {
      file.bytes = await readAll(bytes, memory);
      file.name = cleanName(name);
      file.declared = type;
    });
    const type = await decideType(file.bytes, file.declared);
    const sha256 = createHash("sha256").update(file.bytes).digest("base64");

    sweepNowAndThen();
    const size = file.bytes.length;
    const id = randomUUID();
    const address = addressDigest(request);
    const row = await insertUpload({
      ...{ id, userId, address, way: "simple", name: file.name, type, size },
    });
    try {
      const etag = await putObject(row.key, file.bytes, { type, sha256 });
      const stored = await markStored(row.id, { size, type, etag, sha256 });
      if (!stored) throw notFound("This upload was deleted while it was under way.");
      const location = `/api/uploads/${row.id}`;
      return json(toUpload(stored), { status: 201, headers: { location } });
    } catch (error) {
      await removeUpload(row);
      throw error;
    }
  } finally {
    memory.giveBack();
  }
}

/** The bytes of all files that this process holds for this route. */
const heldBytes = () =>
  remember("simple upload bytes", () => createByteBudget(uploadLimits.simpleBytesPerInstance));
type Share = ReturnType<ReturnType<typeof createByteBudget>["share"]>;

/** @throws HttpError 413 (the file is too large), 503 (this process holds all that it may) */
async function readAll(bytes: AsyncIterable<Buffer>, memory: Share): Promise<Buffer> {
  // Pages of it that are not written to take no memory; pieces kept one by one take more than their bytes.
  const whole = Buffer.allocUnsafeSlow(simpleBytes);
  let total = 0;
  for await (const chunk of bytes) {
    if (total + chunk.length > simpleBytes) throw tooLarge(simpleBytes);
    if (!memory.add(chunk.length)) throw busy();
    total += chunk.copy(whole, total);
  }
  return whole.subarray(0, total);
}
