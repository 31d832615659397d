import type { Presigned } from "../../contract";
import { type Api, descriptionOf } from "./api";
import { digestOf } from "./digest";
import type { Sender } from "./lane";
import { send } from "./send";
import { assertStored } from "./store-answer";

/** The form of a grant: its fields in their order, then the file, after which S3 reads nothing. */
export function formOf(fields: Record<string, string>, file: Blob): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", file);
  return form;
}

/** Straight to the store, with a form that the application has signed. */
export function presignedSender(api: Api): Sender {
  let begun: string | undefined;
  return {
    resumable: false,
    async send(file, report) {
      const sha256 = await digestOf(file);
      const granted = await api.presign({ ...descriptionOf(file), sha256 }, report.signal);
      begun = granted.upload.id;
      const { url, fields } = asForm(granted);
      report.phase("sending");
      api.onFrame("out", `POST ${url}`, JSON.stringify(fields));
      const answer = await send({
        ...{ method: "POST", url, body: formOf(fields, file) },
        signal: report.signal,
        onProgress: report.sent,
        onSent: () => report.phase("finishing"),
      });
      api.onFrame("in", `${answer.status} ${url}`, answer.text);
      assertStored(answer);
      report.phase("finishing");
      return { upload: await api.complete(granted.upload.id, report.signal), sha256 };
    },
    async cancel() {
      if (begun) await api.remove(begun);
      begun = undefined;
    },
  };
}

export function asForm({ send }: Presigned) {
  if (send.method !== "POST") throw new Error("This store has given out no form.");
  return send;
}
