import { json, route } from "@/lib/http";
import { readQuery } from "@/lib/query";
import { planQuery } from "../../../contract";
import { explainPage } from "../../../items/plan";

// What a page of the catalogue costs: EXPLAIN (ANALYZE, BUFFERS) of the statement behind it.
//   GET ?way=offset|cursor &depth= &limit= &sort= &direction= &category= → 200, the statement, its
//   time, the rows and buffers it has touched, and the plan as a tree.
// Fails with 400 (naming the parameter), 503 (too-slow; busy: few are explained at once).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  async GET(request) {
    return json(await explainPage(readQuery(request, planQuery)));
  },
});
