import type { z } from "zod";
import type { Operation } from "@/lib/openapi/operation";
import * as backgroundTasks from "./(background-tasks)/openapi";
import * as chat from "./(chat)/openapi";
import * as eventStream from "./(event-stream)/openapi";
import * as pagination from "./(pagination)/openapi";
import * as rateLimits from "./(rate-limits)/openapi";
import * as realtime from "./(realtime)/openapi";
import * as tokenStream from "./(token-stream)/openapi";
import * as uploads from "./(uploads)/openapi";
import * as versioning from "./(versioning)/openapi";
import * as instances from "./api/instances/openapi";
import * as openApi from "./api/openapi.json/openapi";
import * as session from "./api/session/openapi";

/** An `openapi.ts`: the operations of one slice, and those of its schemas that are named. */
interface Part {
  operations: readonly Operation[];
  schemas?: Record<string, z.ZodType>;
}

const parts: Part[] = [
  backgroundTasks,
  chat,
  eventStream,
  tokenStream,
  uploads,
  pagination,
  rateLimits,
  realtime,
  versioning,
  session,
  instances,
  openApi,
];

/** Every operation of the API. */
export const operations = parts.flatMap((part) => part.operations);
/** The schemas that have a name in its document. */
export const schemas = Object.assign({}, ...parts.map((part) => part.schemas));
