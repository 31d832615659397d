import { z } from "zod";
import { json } from "@/lib/openapi/content";
import { location, retryAfter } from "@/lib/openapi/headers";
import type { Operation } from "@/lib/openapi/operation";
import { invalidJson, notFound, problem } from "@/lib/openapi/problems";
import { taskPage, taskRequest, taskState } from "./contract";

const tag = "Background tasks";
const tooMany = problem(429, "too-many-tasks", { headers: { "Retry-After": retryAfter } });

export const schemas = { Task: taskState };

export const operations: Operation[] = [
  {
    method: "post",
    path: "/api/tasks",
    operationId: "startTask",
    tag,
    summary: "Do work after the response",
    description:
      "In this process, without a queue or a retry. It outlives the request and a graceful stop, not a kill.",
    session: "required",
    body: json(taskRequest),
    answers: {
      202: {
        description: "It is under way.",
        headers: { Location: location },
        content: json(taskState),
      },
    },
    problems: [...invalidJson, tooMany],
  },
  {
    method: "get",
    path: "/api/tasks",
    operationId: "listTasks",
    tag,
    summary: "List one's last tasks",
    description: "The newest first.",
    session: "required",
    answers: { 200: { description: "The tasks.", content: json(taskPage) } },
    problems: [],
  },
  {
    method: "get",
    path: "/api/tasks/{id}",
    operationId: "readTask",
    tag,
    summary: "Read a task's state",
    description: "`lost` where its process has died.",
    session: "required",
    params: z.object({ id: z.string() }),
    answers: { 200: { description: "The state.", content: json(taskState) } },
    problems: [notFound],
  },
];
