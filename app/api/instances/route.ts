import { env } from "@/lib/env";
import { json, route } from "@/lib/http";
import { lifecycle } from "@/lib/lifecycle";
import type { Instances } from "./contract";
import { listInstances } from "./peers";

// GET → 200: the instance that answers, its siblings, and which services are embedded ones.
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  async GET() {
    const { INSTANCE_NAME, DEMO_CONTROLS, EMBEDDED_SERVICES } = env();
    const body: Instances = {
      self: INSTANCE_NAME,
      bootId: lifecycle().bootId,
      controls: DEMO_CONTROLS,
      embedded: EMBEDDED_SERVICES,
      instances: await listInstances(),
    };
    return json(body);
  },
});
