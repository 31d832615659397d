import { expect, test } from "../fixtures";
import { call } from "../support/guest";
import {
  content,
  created,
  expectNothing,
  formType,
  postForm,
  problemOf,
  rawForm,
} from "../support/uploads";
import type { Site } from "./suite";

/** Bodies and names that no honest browser sends. */
export function formsFromHell(site: Site): void {
  test.describe("forms from hell", () => {
    for (const [what, type, body, status] of [
      ["no boundary", "multipart/form-data", "x", 400],
      ["an empty body", formType, "", 400],
      ["no closing boundary", formType, rawForm({ name: "x", bytes: "abc" }).subarray(0, -10), 400],
      ["another boundary", formType, rawForm({ name: "x", bytes: "abc" }, "other"), 400],
      [
        "no file",
        formType,
        '--frontier\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--frontier--\r\n',
        400,
      ],
      ["JSON", "application/json", "{}", 415],
      [
        "10,000 fields",
        formType,
        `${'--frontier\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'.repeat(10_000)}--frontier--\r\n`,
        400,
      ],
      [
        "no file chosen",
        formType,
        '--frontier\r\nContent-Disposition: form-data; name="f"; filename=""\r\nContent-Type: application/octet-stream\r\n\r\n\r\n--frontier--\r\n',
        400,
      ],
      ["a preamble without end", formType, "a".repeat(1024 * 1024), 413],
      [
        "two files",
        formType,
        Buffer.concat([
          rawForm({ name: "a", bytes: "1" }).subarray(0, -14),
          rawForm({ name: "b", bytes: "2" }),
        ]),
        400,
      ],
      [
        "a thousand headers in a part",
        formType,
        `--frontier\r\n${"X-A: b\r\n".repeat(10_000)}Content-Disposition: form-data; name="f"; filename="f"\r\n\r\n1\r\n--frontier--\r\n`,
        400,
      ],
    ] as const)
      test(`${what}: ${status}, and nothing is stored`, async () => {
        const ada = await site.newGuest();
        for (const lane of ["simple", "streaming"]) {
          const response = await call(`/api/uploads/${lane}`, {
            ...{ method: "POST", guest: ada, body: body as BodyInit },
            headers: { "content-type": type },
          });
          expect((await problemOf(response))[0]).toBe(status);
        }
        await expectNothing(ada);
      });

    for (const [given, name] of [
      ["../../etc/passwd", "passwd"],
      ["..%2f..%2fetc", "%2f..%2fetc"],
      ["nul", "_nul"],
      ["a\u202Egnp.exe", "agnp.exe"],
      ["שלום 😀.txt", "שלום 😀.txt"],
      ["x".repeat(10_000), "x".repeat(255)],
    ] as const)
      test(`the name ${given.slice(0, 20)} is only a name`, async () => {
        const ada = await site.newGuest();
        for (const response of [
          await postForm(ada, "streaming", rawForm({ name: given, bytes: "1" })),
          await postForm(ada, "simple", rawForm({ name: given, type: "text/plain", bytes: "1" })),
        ]) {
          const upload = await created(response);
          expect(upload.name).toBe(name);
          const header = (await content(ada, upload.id)).headers.get("content-disposition") ?? "";
          expect(header).toMatch(/^attachment; filename[\x20-\x7E]*$/);
        }
      });
  });
}
