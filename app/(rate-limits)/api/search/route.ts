import { patterns } from "@/app/patterns";
import { json, route } from "@/lib/http";
import { readQuery } from "@/lib/query";
import { withRateLimit } from "@/lib/rate-limit/guard";
import { searchQuery } from "../../contract";
import { searchPolicy } from "../../policies";

// The way across instances: 30 a minute, counted in Redis by @upstash/ratelimit.
//   GET ?q= → 200 { q, results } with RateLimit-Policy and RateLimit; where Redis does not answer,
//   an insurance in this process decides, and RateLimit says so.
// Fails with 400 (which counts, too), 429 `quota-exceeded` and Retry-After.
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET: withRateLimit(searchPolicy, (request) => {
    const { q } = readQuery(request, searchQuery);
    const words = q.toLowerCase().split(/\s+/);
    const results = patterns
      .filter(({ title, sentence, cheatSheet }) => {
        const text = `${title} ${sentence} ${cheatSheet}`.toLowerCase();
        return words.every((word) => text.includes(word));
      })
      .map(({ title, sentence, page }) => ({ title, sentence, page }));
    return json({ q, results });
  }),
});
