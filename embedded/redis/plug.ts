import type { ServerResponse } from "node:http";

/** What an unplugged Redis does: says nothing, takes no connection, or answers 500. */
export type Fault = "hang" | "refuse" | "error";

export const MAX_FAULT_SECONDS = 60;

export interface Plug {
  fault(): Fault | null;
  /** Causes a fault for so long; null ends it. */
  pull(fault: Fault | null, seconds: number): void;
  /** Deals with a request in the fault's way; false where there is none. */
  interfere(response: ServerResponse): boolean;
  close(): void;
}

/** A fault that ends by itself. `onChange` opens and closes the door for `refuse`. */
export function createPlug(onChange: (fault: Fault | null) => void): Plug {
  let fault: Fault | null = null;
  let timer: NodeJS.Timeout | undefined;
  const hanging = new Set<ServerResponse>();

  function become(next: Fault | null): void {
    fault = next;
    for (const response of hanging) response.destroy();
    onChange(next);
  }

  return {
    fault: () => fault,
    pull(next, seconds) {
      clearTimeout(timer);
      become(next);
      const bounded = Math.min(seconds, MAX_FAULT_SECONDS);
      if (next) timer = setTimeout(become, bounded * 1_000, null);
    },
    interfere(response) {
      if (fault === null) return false;
      if (fault === "hang") {
        hanging.add(response);
        response.once("close", () => hanging.delete(response));
      } else if (fault === "error") {
        response.writeHead(500, { "Content-Type": "text/plain" });
        response.end("Internal Server Error");
      } else response.destroy();
      return true;
    },
    close() {
      clearTimeout(timer);
      for (const response of hanging) response.destroy();
    },
  };
}
