import { A } from "../fixtures";

/** What a browser says of a page that is none of ours, by whose page it is. */
export const foreign: Record<string, Record<string, string>> = {
  "another site": { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
  "another site, in an old browser": { origin: "https://evil.example" },
  "another site, without an origin": { "sec-fetch-site": "cross-site" },
  "another site under one of our origins": { origin: A, "sec-fetch-site": "cross-site" },
  "a sandboxed frame": { origin: "null", "sec-fetch-site": "cross-site" },
  "a file": { origin: "null" },
  "another port": { origin: "http://localhost:1", "sec-fetch-site": "same-site" },
  "another port, without an origin": { "sec-fetch-site": "same-site" },
  "another scheme": { origin: A.replace("http:", "https:") },
  "a longer name": { origin: `${A}.evil.example` },
  "no name": { origin: "" },
};
