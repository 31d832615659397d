"use client";

import { useState } from "react";
import { killInstance } from "@/components/instances/kill-instance";
import { useInstances } from "@/components/instances/use-instances";
import { Button } from "@/components/ui/button";
import { useView } from "../board-provider";

/** SIGKILL to an instance, and which work is there now. */
export function KillPanel() {
  const { jobs, tasks } = useView();
  const { data } = useInstances();
  const [said, setSaid] = useState("");
  if (!data?.controls) return null;

  const kill = async (name: string) => setSaid(await killInstance(name));
  const runsOn = (name: string) => {
    const running = [...jobs.flatMap(({ steps }) => steps), ...tasks];
    return running.filter(({ instance, status }) => instance === name && status === "running")
      .length;
  };

  return (
    <div>
      <h3 className="small-caps text-muted">Break it</h3>
      <ul className="mt-1 space-y-1.5">
        {data.instances.map(({ name, alive }) => (
          <li key={name} className="flex flex-wrap items-center gap-2">
            <Button className="text-bad" disabled={!alive} onClick={() => void kill(name)}>
              Kill instance {name}
            </Button>
            <span className="text-muted tabular-nums">
              {alive ? `runs ${runsOn(name)} of yours` : "down"}
            </span>
          </li>
        ))}
      </ul>
      <p role="status" className="mt-1 text-muted empty:hidden">
        {said}
      </p>
      <p className="mt-2 text-muted">
        A task after its response dies with its instance. A job's step begins again, on whichever
        instance is called; its effect is in the ledger once.
      </p>
    </div>
  );
}
