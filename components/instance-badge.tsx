"use client";

import { usePathname } from "next/navigation";
import type { Instance } from "@/app/api/instances/contract";
import { useInstances } from "./instances/use-instances";
import { StatusDot } from "./ui/status-dot";

function health({ alive, ready }: Instance) {
  if (!alive) return { tone: "bad", text: "down" } as const;
  return ready
    ? ({ tone: "good", text: "ready" } as const)
    : ({ tone: "warn", text: "not ready" } as const);
}

/** Only the path is taken over: "//elsewhere" stays a path and never becomes a host. */
function samePath(path: string, origin: string) {
  const url = new URL(origin);
  url.pathname = path;
  return url.href;
}

/** Which instance answers this browser, and the same page on the others. */
export function InstanceBadge() {
  const view = useInstances();
  const { state, data } = view;
  const path = usePathname();
  const others = data?.instances.filter((instance) => !instance.self) ?? [];
  return (
    <section aria-label="Instances" className="text-[0.8125rem] leading-snug">
      <p className="flex items-baseline gap-2">
        <span className="font-medium text-ink">{data ? `Instance ${data.self}` : "Instance"}</span>
        {state === "asking" && <span className="text-muted">asking</span>}
        {state === "answered" && <StatusDot tone="good">answers you</StatusDot>}
        {state === "silent" && <StatusDot tone="bad">no answer</StatusDot>}
      </p>
      {view.state === "answered" && (
        <p className="text-muted">
          {view.lane === "direct" ? "API by the direct lane" : "API through Next"}
        </p>
      )}
      {others.length > 0 && (
        <ul className="mt-1 space-y-1">
          {others.map((instance) => (
            <li key={instance.name} className="flex items-baseline gap-2">
              {instance.alive ? (
                <a href={samePath(path, instance.url)} className="link">
                  Instance {instance.name}
                </a>
              ) : (
                <span>Instance {instance.name}</span>
              )}
              <StatusDot tone={health(instance).tone}>{health(instance).text}</StatusDot>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
