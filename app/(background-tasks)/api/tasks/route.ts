import { after } from "next/server";
import { readJson } from "@/lib/body";
import { json, route } from "@/lib/http";
import { countForAddress } from "@/lib/rate-limit/guard";
import { requireSession } from "@/lib/session/session";
import { jobLimits } from "../../contract";
import { taskRequest } from "../../tasks/contract";
import { insertTask, lastTasks } from "../../tasks/rows";
import { work } from "../../tasks/work";

// Work after the response: FastAPI's BackgroundTasks. In this process, without a queue or a retry.
// It outlives the request and a graceful stop (which waits for it), not a kill.
//   POST { note, seconds? } → 202 with its state, Location: /api/tasks/{id}
//   GET → 200: one's last tasks
// Fails with 400, 401, 413, 415, 429 (5 under way, or too many begun from one
// address).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  async POST(request) {
    const { userId } = await requireSession(request);
    const { note, seconds } = await readJson(request, taskRequest);
    await countForAddress(request, jobLimits.startedTasks);

    const task = await insertTask(userId, note, seconds);
    after(() => work(task));
    return json(task, { status: 202, headers: { location: `/api/tasks/${task.id}` } });
  },

  async GET(request) {
    const { userId } = await requireSession(request);
    return json({ tasks: await lastTasks(userId) });
  },
});
