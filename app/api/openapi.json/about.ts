import type { Pattern } from "@/app/pattern";
import { version } from "@/package.json";

const description = `Nine API patterns, each running for real.

**Sessions.** \`POST /api/session\` begins one: a cookie for browsers, a bearer token for programs. Who you
are comes from the token alone, and what belongs to somebody else answers as if it were not there.

**Problems.** Every failure is \`application/problem+json\` (RFC 9457) whose \`type\` says which kind it is and
whose \`detail\` says what to do next. \`requestId\` is the \`X-Request-Id\` of the answer.

**Methods.** \`HEAD\` is answered wherever \`GET\` is, \`OPTIONS\` everywhere, and a method that an address
does not offer with 405 and \`Allow\`.

**Sockets.** What chat and realtime say over Socket.IO (namespaces \`/chat\` and \`/realtime\`) is outside of
OpenAPI. It is described on [their](/chat) [pages](/realtime), and by the contracts shown there.`;

/** What the document says of the API as a whole. */
export const about = (patterns: readonly Pick<Pattern, "title" | "sentence" | "page">[]) => ({
  info: {
    title: "Patternbook",
    version,
    description,
    license: { name: "MIT", identifier: "MIT" },
    contact: { name: "Patternbook" },
  },
  tags: [
    ...patterns.map(({ title, sentence, page }) => ({
      name: title,
      description: `${sentence} [The page on which it runs](${page}).`,
    })),
    { name: "Sessions", description: "Who you are." },
    { name: "Deployment", description: "The processes that answer, and this document." },
  ],
});
