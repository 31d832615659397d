import { upload } from "../../contract";
import { type Api, readAnswer } from "./api";
import { digestOf } from "./digest";
import type { Report, Sender } from "./lane";
import { type SendOptions, send } from "./send";

/** Sends one request to the application, with progress, and reads the upload from its answer. */
async function toApplication(
  api: Api,
  report: Report,
  options: Pick<SendOptions, "method" | "url" | "headers" | "body">,
) {
  api.onFrame("out", `${options.method} ${options.url}`, JSON.stringify(options.headers ?? {}));
  report.phase("sending");
  const answer = await send({
    ...options,
    signal: report.signal,
    onProgress: report.sent,
    onSent: () => report.phase("finishing"),
  });
  api.onFrame("in", `${answer.status} ${options.url}`, answer.text);
  return readAnswer(answer.status, answer.text, upload);
}

/** In one form, which the server holds in memory. */
export const simpleSender = (api: Api): Sender => ({
  resumable: false,
  async send(file, report) {
    const sha256 = await digestOf(file);
    const body = new FormData();
    body.set("file", file);
    const url = "/api/uploads/simple";
    return { upload: await toApplication(api, report, { method: "POST", url, body }), sha256 };
  },
});

/** As the body itself, which flows through the server. Content-Digest lets it refuse other bytes. */
export const streamingSender = (api: Api): Sender => ({
  resumable: false,
  async send(file, report) {
    const sha256 = await digestOf(file);
    const headers: Record<string, string> = {
      "content-type": "application/octet-stream",
      ...(sha256 && { "content-digest": `sha-256=:${sha256}:` }),
    };
    const url = `/api/uploads/streaming?name=${encodeURIComponent(file.name)}`;
    const options = { method: "PUT", url, headers, body: file } as const;
    return { upload: await toApplication(api, report, options), sha256 };
  },
});
