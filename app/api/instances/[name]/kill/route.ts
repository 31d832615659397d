import { env } from "@/lib/env";
import { HttpError, json, notFound, route } from "@/lib/http";
import { requireSession } from "@/lib/session/session";
import { listInstances } from "../../peers";

// POST → 202: the supervisor sends SIGKILL to that instance. No farewell, no cleanup: that is the
// point. Only in the demo, whose supervisor restarts it; elsewhere this address does not exist.
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route<{ name: string }>({
  async POST(request, { params }) {
    if (!env().DEMO_CONTROLS || !process.send) throw notFound();
    await requireSession(request);
    const { name } = await params;
    const instance = (await listInstances()).find((one) => one.name === name);
    if (!instance) throw notFound("There is no instance of this name.");
    if (!instance.alive) throw new HttpError(409, "already-dead", "That instance is down already.");
    process.send({ type: "kill", name });
    return json({ killed: name }, { status: 202 });
  },
});
