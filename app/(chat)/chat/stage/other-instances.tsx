"use client";

import { useInstances } from "@/components/instances/use-instances";

/** The same room on the other instances. */
export function OtherInstances({ room }: { room: string }) {
  const others = useInstances().data?.instances.filter(({ self }) => !self) ?? [];
  if (others.length === 0) return null;
  return (
    <div>
      <h3 className="small-caps text-muted">The same room elsewhere</h3>
      <ul className="mt-1 space-y-1">
        {others.map(({ name, url, alive }) => (
          <li key={name}>
            {alive ? (
              <a
                className="link"
                href={`${url}/chat?room=${room}`}
                target="_blank"
                rel="noreferrer"
              >
                Open on instance {name}
              </a>
            ) : (
              <span className="text-muted">Instance {name} is down</span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
