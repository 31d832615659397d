import type { Way } from "../../contract";

/** What each lane is called, and what it does, in a sentence. */
export const laneLooks: Record<Way, { title: string; short: string; about: string }> = {
  simple: {
    title: "Simple",
    short: "Simple",
    about: "One form, held in the server's memory. At most 5 MiB.",
  },
  streaming: {
    title: "Streaming",
    short: "Streaming",
    about: "Through the server to the store, never held.",
  },
  presigned: {
    title: "Presigned form",
    short: "Form",
    about: "Straight to the store, by a form that we sign.",
  },
  multipart: {
    title: "In parts",
    short: "Parts",
    about: "Straight to the store, four parts at a time.",
  },
};
