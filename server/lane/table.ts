import type { Handler } from "@/lib/http";

/** What a route file exports: a handler for each method. */
export type RouteModule = Readonly<Record<string, Handler<Params> | undefined>>;
type Params = Record<string, string>;

/** The routes by their path, as folders write it: `/api/jobs/[job]`. */
export type Routes = Readonly<Record<string, RouteModule>>;

export interface Match {
  module: RouteModule;
  params: Params;
}

interface Node {
  fixed: Map<string, Node>;
  param?: { name: string; node: Node };
  module?: RouteModule;
}

/** Plain segments only. What is escaped, doubled, dotted or ends with a slash is left to Next. */
const PLAIN = /^(\/[\w~-][\w.~-]*)+$/;

/**
 * Finds a route as Next does: a segment that is written out before one that is a parameter.
 * Undefined for what is not here.
 */
export function createTable(routes: Routes): (path: string) => Match | undefined {
  const root: Node = { fixed: new Map() };
  /** Those without a parameter, which come before the others: found at once. */
  const whole = new Map<string, Match>();
  for (const [path, module] of Object.entries(routes)) {
    insert(root, path, module);
    if (!path.includes("[")) whole.set(path, { module, params: {} });
  }

  function find(node: Node, segments: string[], at: number, params: Params): Match | undefined {
    const segment = segments[at];
    if (segment === undefined) return node.module && { module: node.module, params };
    const next = node.fixed.get(segment);
    const found = next && find(next, segments, at + 1, params);
    if (found || !node.param) return found;
    return find(node.param.node, segments, at + 1, { ...params, [node.param.name]: segment });
  }

  return (path) =>
    whole.get(path) ?? (PLAIN.test(path) ? find(root, path.slice(1).split("/"), 0, {}) : undefined);
}

function insert(root: Node, path: string, module: RouteModule): void {
  let node = root;
  for (const segment of path.slice(1).split("/")) {
    const name = /^\[(\w+)\]$/.exec(segment)?.[1];
    if (name) {
      node.param ??= { name, node: { fixed: new Map() } };
      node = node.param.node;
    } else {
      const next = node.fixed.get(segment) ?? { fixed: new Map() };
      node.fixed.set(segment, next);
      node = next;
    }
  }
  node.module = module;
}
