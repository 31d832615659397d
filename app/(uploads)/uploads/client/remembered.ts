import { z } from "zod";

/** An upload in parts that may be taken up again: which one, and of which file. Nothing of its content. */
const record = z.object({
  id: z.uuid(),
  name: z.string(),
  size: z.number(),
  lastModified: z.number(),
});
export type Remembered = z.infer<typeof record>;

const KEY = "uploads.multipart";

/** The one that was under way when the page was left. */
export function recall(storage: Storage = localStorage): Remembered | null {
  try {
    return record.parse(JSON.parse(storage.getItem(KEY) ?? ""));
  } catch {
    return null;
  }
}

export function remember(id: string, { name, size, lastModified }: File, storage = localStorage) {
  storage.setItem(KEY, JSON.stringify({ id, name, size, lastModified } satisfies Remembered));
}

export const forget = (storage: Storage = localStorage) => storage.removeItem(KEY);

/** The browser gives no file back after a reload: whoever chooses the same one goes on with it. */
export const isSameFile = (remembered: Remembered, { name, size, lastModified }: File): boolean =>
  remembered.name === name && remembered.size === size && remembered.lastModified === lastModified;
