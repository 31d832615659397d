import { Refusal } from "@/components/wire-client";
import type { SignedParts, Upload } from "../../contract";
import { partCount } from "../../store/plan";
import type { Api } from "./api";
import { backoff, wait } from "./backoff";
import { digestOfDigests, digestOfPart } from "./digest";
import type { Report, Sender } from "./lane";
import { forget, isSameFile, recall, remember } from "./remembered";
import { type Answer, send } from "./send";
import { assertStored } from "./store-answer";

const AT_ONCE = 4;
const SIGNED_AT_ONCE = 16;
const ATTEMPTS = 6;

type SignedPart = SignedParts["parts"][number];

interface Session {
  id: string;
  partSize: number;
  count: number;
  /** Parts that the store has, and their digests. */
  stored: Map<number, string | null>;
}

/**
 * Straight to the store in parts: four at a time, each again where it failed. What was sent is the
 * store's to know: it is asked for its list whenever an upload is taken up again.
 */
export function multipartSender(api: Api): Sender {
  return {
    resumable: true,
    async send(file, report) {
      const session = (await resume(api, file)) ?? (await begin(api, file, report.signal));
      const digests = await sendParts(api, file, session, report);
      report.phase("finishing");
      const upload: Upload = await api.complete(session.id, report.signal);
      forget();
      const all = digests.every((digest) => digest !== undefined);
      return { upload, sha256: all ? await digestOfDigests(digests as string[]) : undefined };
    },
    async cancel() {
      const { id } = recall() ?? {};
      forget();
      if (id) await api.remove(id);
    },
  };
}

async function begin(api: Api, file: File, signal: AbortSignal): Promise<Session> {
  const { upload, partSize, parts } = await api.begin(file, signal);
  remember(upload.id, file);
  return { id: upload.id, partSize, count: parts, stored: new Map() };
}

/** The session of this very file that was left, if the server still knows it. */
async function resume(api: Api, file: File): Promise<Session | null> {
  const known = recall();
  if (!known || !isSameFile(known, file)) return null;
  try {
    const { partSize, parts } = await api.stored(known.id);
    const stored = new Map(parts.map(({ number, sha256 }) => [number, sha256]));
    return { id: known.id, partSize, count: partCount(file.size, partSize), stored };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    forget();
    return null;
  }
}

/** Sends what the store does not have. @returns the digest of each part, as computed here */
async function sendParts(api: Api, file: File, session: Session, report: Report) {
  const { id, partSize, count, stored } = session;
  const digests: (string | undefined)[] = Array(count);
  const under = new Map<number, number>();
  let done = 0;
  let whole = 0;
  const blobOf = (number: number) => file.slice((number - 1) * partSize, number * partSize);
  const tell = () => {
    report.sent(done + [...under.values()].reduce((sum, bytes) => sum + bytes, 0));
    report.parts(whole, count);
  };
  const finish = (number: number) => {
    under.delete(number);
    done += blobOf(number).size;
    whole++;
    tell();
  };

  const queue: SignedPart[] = [];
  let next = 1;
  /** Hashes and signs the next parts; whoever comes meanwhile waits for the same. */
  let signing: Promise<void> | undefined;
  async function signMore(): Promise<void> {
    const wanted: { number: number; sha256?: string }[] = [];
    for (; next <= count && wanted.length < SIGNED_AT_ONCE; next++) {
      const sha256 = await digestOfPart(blobOf(next));
      digests[next - 1] = sha256;
      // Bytes that differ were changed since, or cut off: they are sent again.
      const kept =
        stored.has(next) && (!sha256 || !stored.get(next) || stored.get(next) === sha256);
      if (kept) finish(next);
      else wanted.push({ number: next, sha256 });
    }
    if (wanted.length > 0) queue.push(...(await api.sign(id, wanted, report.signal)).parts);
  }
  async function take(): Promise<SignedPart | undefined> {
    while (queue.length === 0 && next <= count) {
      signing ??= signMore().finally(() => {
        signing = undefined;
      });
      await signing;
    }
    return queue.shift();
  }

  report.phase("sending");
  async function work(): Promise<void> {
    for (let part = await take(); part; part = await take()) {
      const { number } = part;
      await sendPart(api, id, part, blobOf(number), digests[number - 1], {
        ...report,
        sent(bytes) {
          under.set(number, bytes);
          tell();
        },
      });
      finish(number);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return digests;
}

/** One part, again after what may pass: a lost connection, a store that is busy, an address that expired. */
async function sendPart(
  api: Api,
  id: string,
  signed: SignedPart,
  body: Blob,
  sha256: string | undefined,
  report: Report,
): Promise<void> {
  let part = signed;
  for (let attempt = 1; ; attempt++) {
    const answer = await attemptPart(part, body, report);
    const { signal } = report;
    signal.throwIfAborted();
    api.onFrame("out", `PUT part ${part.number}`, part.url, part.bytes);
    api.onFrame("in", `${answer?.status ?? "lost"} part ${part.number}`, answer?.text ?? "");
    if (answer && !mayPass(answer)) return assertStored(answer);
    if (attempt === ATTEMPTS) throw new Error(`Part ${part.number} failed ${ATTEMPTS} times.`);
    report.retried();
    report.sent(0);
    await wait(backoff(attempt), signal);
    if (answer?.status === 403) {
      const [fresh] = (await api.sign(id, [{ number: part.number, sha256 }], signal)).parts;
      if (fresh) part = fresh;
    }
  }
}

async function attemptPart(part: SignedPart, body: Blob, report: Report): Promise<Answer | null> {
  try {
    const { url, headers } = part;
    const { signal, sent } = report;
    return await send({ method: "PUT", url, headers, body, signal, onProgress: sent });
  } catch (error) {
    if (report.signal.aborted) throw error;
    return null;
  }
}

const mayPass = ({ status }: Answer) =>
  status === 403 || status === 408 || status === 429 || status >= 500;
