import { call } from "../support/guest";
import type { Line, Promised } from "../support/promised";
import { content, post, postForm, putFile, rawForm, type UploadsGuest } from "../support/uploads";

/** What is there before the store is away. */
export interface Prepared {
  /** Has what is prepared. */
  ada: UploadsGuest;
  /** Has nothing, and shall have nothing afterwards. */
  eve: UploadsGuest;
  /** Ids of uploads: stored, to be deleted, sent by a form, sent in parts. */
  stored: string;
  doomed: string;
  sent: string;
  inParts: string;
}

const away: Promised = {
  ...{ status: 503, problem: "store-unavailable", retryAfter: "5" },
  withinMs: 20_000,
};
/** With bytes on their way, which may be slow. */
const awayWithBytes = { ...away, withinMs: 65_000 };
const asEver = (status: number): Promised => ({ status, withinMs: 5_000 });

const file = { name: "a.txt", type: "text/plain", bytes: "hello" };
const announced = { name: "a.txt", type: "text/plain", size: 5 };

/** What uploads promise while the store is gone, hangs, or answers nonsense. */
export const storeTable: Line<Prepared>[] = [
  {
    operation: "send a small file",
    ask: ({ eve }) => postForm(eve, "simple", rawForm(file)),
    promised: awayWithBytes,
  },
  {
    operation: "stream a file",
    ask: ({ eve }) => putFile(eve, Buffer.from("hello")),
    promised: away,
  },
  {
    operation: "stream a form",
    ask: ({ eve }) => postForm(eve, "streaming", rawForm(file)),
    promised: away,
  },
  {
    operation: "begin an upload in parts",
    ask: ({ eve }) => post(eve, "/api/uploads/multipart", announced),
    promised: away,
  },
  {
    operation: "list its parts",
    ask: ({ ada, inParts }) => call(`/api/uploads/${inParts}/parts`, { guest: ada }),
    promised: away,
  },
  {
    operation: "complete it",
    ask: ({ ada, inParts }) => post(ada, `/api/uploads/${inParts}/complete`),
    promised: away,
  },
  {
    operation: "complete what a form has sent",
    ask: ({ ada, sent }) => post(ada, `/api/uploads/${sent}/complete`),
    promised: away,
  },
  {
    operation: "read a file",
    ask: ({ ada, stored }) => content(ada, stored),
    // Its head has left then; the connection breaks.
    promised: (fault) => (fault === "cut" ? asEver(200) : away),
  },
  {
    operation: "delete a file",
    ask: ({ ada, doomed }) => call(`/api/uploads/${doomed}`, { guest: ada, method: "DELETE" }),
    promised: asEver(204),
  },
  // Nothing of these asks the store.
  {
    operation: "get addresses for parts",
    ask: ({ ada, inParts }) =>
      post(ada, `/api/uploads/${inParts}/parts`, { parts: [{ number: 1 }] }),
    promised: asEver(200),
  },
  {
    operation: "list uploads",
    ask: ({ ada }) => call("/api/uploads", { guest: ada }),
    promised: asEver(200),
  },
  {
    operation: "ask what a file is",
    ask: ({ ada, stored }) => content(ada, stored, {}, "HEAD"),
    promised: asEver(200),
  },
];
