"use client";

import { useState } from "react";
import { killInstance } from "@/components/instances/kill-instance";
import { useInstances } from "@/components/instances/use-instances";
import { Button } from "@/components/ui/button";
import { StatusDot } from "@/components/ui/status-dot";
import { useLive, useView } from "../run-provider";

const tones = {
  idle: "plain",
  asking: "warn",
  running: "good",
  done: "good",
  stopped: "warn",
  failed: "bad",
} as const;

/** What makes the completion, who else may look on, and what can be done to it. */
export function CompletionPanel() {
  const { run } = useLive();
  const { status, connected, instance, continued, failure } = useView();
  const away = status === "running" && !connected;
  return (
    <aside aria-label="Completion" className="space-y-5 text-[0.8125rem]">
      <div>
        <h3 className="small-caps text-muted">Completion</h3>
        <p role="status" className="mt-1">
          <StatusDot tone={away ? "warn" : tones[status]}>
            {away ? "running, reconnecting" : status}
          </StatusDot>
        </p>
        {instance && status === "running" && (
          <p className="mt-1 text-muted">Made by instance {instance}.</p>
        )}
        {[...new Set(continued)].map((name) => (
          <p key={name} className="mt-1 text-muted">
            Instance {name} took over, and went on after the text so far.
          </p>
        ))}
        {failure && <p className="mt-1 text-bad">{failure.detail}</p>}
        <div className="mt-2">
          <Button disabled={status !== "running"} onClick={() => void run?.stop()}>
            Stop
          </Button>
        </div>
      </div>
      <Elsewhere />
      <KillProducer />
      <p className="text-muted">
        Leaving is not stopping: reload, close the tab, come back. The text goes on meanwhile.
      </p>
    </aside>
  );
}

/** The same completion in another tab, and on the other instances. */
function Elsewhere() {
  const { id } = useView();
  const others = useInstances().data?.instances.filter(({ self }) => !self) ?? [];
  if (!id) return null;
  const query = `?completion=${encodeURIComponent(id)}`;
  return (
    <div>
      <h3 className="small-caps text-muted">The same one elsewhere</h3>
      <ul className="mt-1 space-y-1">
        <li>
          <a className="link" href={`/token-stream${query}`} target="_blank" rel="noreferrer">
            Open another tab
          </a>
        </li>
        {others.map(({ name, url, alive }) => (
          <li key={name}>
            {alive ? (
              <a
                className="link"
                href={`${url}/token-stream${query}`}
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

function KillProducer() {
  const { status, instance } = useView();
  const { data } = useInstances();
  const [said, setSaid] = useState("");
  if (!data?.controls) return null;

  const kill = async (name: string) => setSaid(await killInstance(name));

  return (
    <div>
      <h3 className="small-caps text-muted">Break it</h3>
      <Button
        className="mt-1 text-bad"
        disabled={status !== "running" || !instance}
        onClick={() => instance && void kill(instance)}
      >
        Kill the producing instance{instance && status === "running" ? ` ${instance}` : ""}
      </Button>
      <p role="status" className="mt-1 text-muted empty:hidden">
        {said}
      </p>
    </div>
  );
}
