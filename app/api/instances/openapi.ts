import { z } from "zod";
import { json } from "@/lib/openapi/content";
import type { Operation } from "@/lib/openapi/operation";
import { notFound, problem } from "@/lib/openapi/problems";
import { Instances, Killed } from "./contract";

const tag = "Deployment";

export const schemas = { Instances };

export const operations: Operation[] = [
  {
    method: "get",
    path: "/api/instances",
    operationId: "listInstances",
    tag,
    summary: "List the instances",
    description:
      "The instance that answers, its siblings, and which services are embedded ones. For anyone.",
    session: "none",
    answers: { 200: { description: "As the answering one sees them.", content: json(Instances) } },
    problems: [],
  },
  {
    method: "post",
    path: "/api/instances/{name}/kill",
    operationId: "killInstance",
    tag,
    summary: "Kill an instance",
    description:
      "The supervisor sends it SIGKILL, and starts it again. Only in the demo; elsewhere this address does not exist.",
    session: "required",
    params: z.object({ name: z.string() }),
    answers: { 202: { description: "It is as good as dead.", content: json(Killed) } },
    problems: [notFound, problem(409, "already-dead")],
  },
];
