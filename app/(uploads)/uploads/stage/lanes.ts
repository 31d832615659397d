import type { Way } from "../../contract";

/** What each lane is called, and what it does, in a sentence. */
export const laneLooks: Record<Way, { title: string; about: string }> = {
  simple: { title: "Simple", about: "One form, held in the server's memory. At most 5 MiB." },
  streaming: { title: "Streaming", about: "Through the server to the store, never held." },
  presigned: { title: "Presigned form", about: "Straight to the store, by a form that we sign." },
  multipart: { title: "In parts", about: "Straight to the store, four parts at a time." },
};
