import { verify } from "./body.ts";
import { checksumHeaders, descriptionOf } from "./description.ts";
import { S3Error } from "./errors.ts";
import { expectedChecksum, expectedMd5, MAX_PUT_BYTES, tooLarge } from "./expected.ts";
import { type Form, openForm } from "./form.ts";
import { checkPolicy, type SizeRange } from "./policy.ts";
import { verifyPolicySignature } from "./post-signature.ts";
import { type Headers, requireKeyLength } from "./request.ts";
import { refuseHeader } from "./router.ts";
import type { Account } from "./sigv4.ts";
import { type Answer, quoted, type Store, seconds } from "./store.ts";
import { document, element } from "./xml.ts";

/** Fields that have another name as headers. */
const amz: Record<string, string> = { acl: "x-amz-acl", tagging: "x-amz-tagging" };

interface Post {
  contentType: string;
  /** The address of the bucket, without a slash at the end. */
  address: string;
  body: () => AsyncIterable<Buffer>;
}

/**
 * POST /bucket with a form. In: key, policy, x-amz-algorithm, x-amz-credential, x-amz-date, x-amz-signature, what PUT has
 * as headers, then the file. Out: 204, or 200 or 201 where success_action_status says so. Failures: AccessDenied where
 * the policy does not allow it, EntityTooLarge as soon as the file is larger than it may be; nothing is left.
 */
export async function postObject(post: Post, store: Store, account: Account): Promise<Answer> {
  const form = await openForm(post.contentType, post.body);
  try {
    return await receive(form, post, store, account);
  } finally {
    form.leave();
  }
}

async function receive(
  form: Form,
  { address }: Post,
  store: Store,
  account: Account,
): Promise<Answer> {
  const { fields } = form;
  const { blobs, objects, bucket, now } = store;
  const policy = verifyPolicySignature(fields, account);
  const key = requireKey(form);
  const range = checkPolicy(policy, new Map([["bucket", bucket], ...fields, ["key", key]]), now());
  const headers = asHeaders(fields);
  for (const [name, value] of fields) refuseHeader(amz[name] ?? name, value);
  const description = descriptionOf(headers);

  const { chunks, received } = verify(bounded(form, range), {
    md5: expectedMd5(headers),
    checksum: expectedChecksum(headers, false),
  });
  const blob = await blobs.write(chunks);
  try {
    const { md5: etag, checksum } = received();
    const { size } = blob;
    const lastModified = seconds(now());
    await objects.put({ ...description, key, size, etag, lastModified, checksum, blobs: [blob] });
    const location = `${address}/${encodeURIComponent(key)}`;
    return success(
      fields,
      { location, bucket, key, etag: quoted(etag) },
      checksum ? checksumHeaders(checksum) : {},
    );
  } catch (error) {
    await blobs.release([blob]);
    throw error;
  }
}

/** `${filename}` stands for the name that the file has at the client, without its folders. */
function requireKey({ fields, filename }: Form): string {
  const given = fields.get("key");
  if (!given) {
    throw new S3Error(
      "InvalidArgument",
      "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
      { ArgumentName: "key" },
    );
  }
  // biome-ignore lint/suspicious/noTemplateCurlyInString: S3's own placeholder
  const key = given.replaceAll("${filename}", () => filename.split(/[/\\]/).at(-1) ?? "");
  requireKeyLength(key);
  return key;
}

/** The file, refused as soon as it is larger than it may be; at its end the rest of the form must be in order. */
async function* bounded({ file, ended }: Form, range?: SizeRange): AsyncGenerator<Buffer> {
  const { least, most } = range ?? { least: 0, most: MAX_PUT_BYTES };
  let size = 0;
  for await (const chunk of file) {
    size += chunk.length;
    if (size > most) throw tooLarge(size, most);
    yield chunk;
  }
  const error = await ended;
  if (error) throw error;
  if (size >= least) return;
  throw new S3Error(
    "EntityTooSmall",
    "Your proposed upload is smaller than the minimum allowed size",
    {
      ProposedSize: size,
      MinSizeAllowed: least,
    },
  );
}

/** Fields are UTF-8; as headers their bytes are told again, a character of Latin-1 for each. */
function asHeaders(fields: ReadonlyMap<string, string>): Headers {
  return {
    headerNames: () => [...fields.keys()],
    header: (name) => {
      const value = fields.get(name);
      return value && Buffer.from(value).toString("latin1");
    },
  };
}

interface Stored {
  location: string;
  bucket: string;
  key: string;
  etag: string;
}

function success(
  fields: ReadonlyMap<string, string>,
  stored: Stored,
  more: Record<string, string>,
): Answer {
  const { location, bucket, key, etag } = stored;
  const headers = { etag, location, ...more };
  const redirect = fields.get("success_action_redirect");
  if (redirect && URL.canParse(redirect)) {
    const target = new URL(redirect);
    for (const [name, value] of Object.entries({ bucket, key, etag }))
      target.searchParams.set(name, value);
    return { status: 303, headers: { ...headers, location: target.href } };
  }
  const status = fields.get("success_action_status");
  if (status === "200") return { status: 200, headers };
  if (status !== "201") return { status: 204, headers };
  return {
    status: 201,
    headers: { ...headers, "Content-Type": "application/xml" },
    body: document(
      "PostResponse",
      element("Location", location),
      element("Bucket", bucket),
      element("Key", key),
      element("ETag", etag),
    ),
  };
}
