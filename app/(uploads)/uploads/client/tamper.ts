import { type Api, descriptionOf } from "./api";
import { digestOf } from "./digest";
import { asForm, formOf } from "./presigned";
import { readStoreError } from "./store-answer";

const TEXT = "An honest file.";
const file = () => new File([TEXT], "honest.txt", { type: "text/plain" });

/** What can be changed of a form that was signed. */
export const tamperings = {
  nothing: "Nothing",
  key: "Key",
  size: "Size",
  type: "Type",
  expiry: "Expiry",
  bytes: "Bytes",
} as const;
export type Tampering = keyof typeof tamperings;

/** What the store said. */
export interface Verdict {
  tampering: Tampering;
  status: number;
  code: string;
  message: string;
  xml: string;
}

/**
 * Asks for a form, changes one thing, and sends it. The form of `expiry` is good for one second, and
 * sent after two: nothing is changed in it but the time.
 */
export async function tamper(api: Api, tampering: Tampering): Promise<Verdict> {
  const honest = file();
  const sha256 = await digestOf(honest);
  const granted = await api.presign({
    ...{ ...descriptionOf(honest), sha256 },
    ...(tampering === "expiry" && { expiresIn: 1 }),
  });
  const { url, fields } = asForm(granted);
  try {
    if (tampering === "expiry") await new Promise((resolve) => setTimeout(resolve, 2_100));
    const form = changed(tampering, fields, honest);
    api.onFrame("out", `POST ${url}`, JSON.stringify(Object.fromEntries(form)));
    const response = await fetch(url, { method: "POST", body: form });
    const xml = await response.text();
    api.onFrame("in", `${response.status} ${url}`, xml);
    const { code, message } = readStoreError(xml || "<none/>");
    return { tampering, status: response.status, code, message, xml };
  } finally {
    await api.remove(granted.upload.id);
  }
}

function changed(tampering: Tampering, fields: Record<string, string>, honest: File): FormData {
  switch (tampering) {
    case "key":
      return formOf({ ...fields, key: `${fields.key?.replace(/.$/, "")}x` }, honest);
    case "type":
      return formOf({ ...fields, "Content-Type": "text/html" }, honest);
    case "size":
      return formOf(fields, new Blob([TEXT, " And more."]));
    case "bytes":
      return formOf(fields, new Blob([TEXT.toUpperCase()]));
    default:
      return formOf(fields, honest);
  }
}
