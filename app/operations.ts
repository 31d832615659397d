import type { z } from "zod";
import type { Operation } from "@/lib/openapi/operation";
import * as eventStream from "./(event-stream)/openapi";
import * as openApi from "./api/openapi.json/openapi";

/** An `openapi.ts`: the operations of one slice, and those of its schemas that are named. */
interface Part {
  operations: readonly Operation[];
  schemas?: Record<string, z.ZodType>;
}

const parts: Part[] = [eventStream, openApi];

/** Every operation of the API. */
export const operations = parts.flatMap((part) => part.operations);
/** The schemas that have a name in its document. */
export const schemas = Object.assign({}, ...parts.map((part) => part.schemas));
