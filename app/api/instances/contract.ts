import { z } from "zod";

/** One running copy of the application, as the answering one sees it. */
export const Instance = z.object({
  name: z.string(),
  /** Origin a browser can open, such as http://localhost:3001. */
  url: z.url(),
  /** It answers at all. */
  alive: z.boolean(),
  /** It takes new work: false while it starts or drains. */
  ready: z.boolean(),
  self: z.boolean(),
});
export type Instance = z.infer<typeof Instance>;

/** Body of GET /api/instances. */
export const Instances = z.object({
  /** Name of the instance that answers. */
  self: z.string(),
  /** Changes with every start of the process. */
  bootId: z.string(),
  /** Whether this deployment offers stopping and killing instances. */
  controls: z.boolean(),
  /** Backing services that are the embedded ones, such as "postgres". */
  embedded: z.array(z.string()),
  instances: z.array(Instance),
});
/** 202 of POST /api/instances/{name}/kill. */
export const Killed = z.object({ killed: z.string() });
export type Instances = z.infer<typeof Instances>;
