"use client";

import { logOut } from "@/components/session";
import { Button } from "@/components/ui/button";
import { StatusDot } from "@/components/ui/status-dot";
import { useLive, useTimeline } from "../timeline-provider";
import { Countdown } from "./countdown";

const tones = {
  connecting: "warn",
  replaying: "warn",
  live: "good",
  waiting: "warn",
  cut: "bad",
  ended: "bad",
} as const;

/** The state of the one connection, which tab holds it, and what can be done to it. */
export function ConnectionPanel() {
  const { timeline, problem: failure, restart } = useLive();
  const { status, reconnectAt, ended, problem, tabs, leads } = useTimeline();
  return (
    <aside aria-label="Connection" className="space-y-5 text-[0.8125rem]">
      <div>
        <h3 className="small-caps text-muted">Connection</h3>
        <p role="status" className="mt-1">
          <StatusDot tone={tones[status]}>{status}</StatusDot>
        </p>
        {reconnectAt !== null && <Countdown until={reconnectAt} />}
        {ended && <p className="mt-1 text-muted">The server ended it: {ended}.</p>}
        {(problem ?? failure) && <p className="mt-1 text-bad">{problem ?? failure}</p>}
        {failure && <Button onClick={restart}>Try again</Button>}
      </div>
      <div>
        <h3 className="small-caps text-muted">Tabs</h3>
        <p className="mt-1 text-muted">
          {leads ? "This tab holds the connection" : "Another tab holds the connection"}
          {tabs > 1 && `, ${tabs} tabs share it`}.
        </p>
        <p className="mt-1">
          <a className="link" href="/event-stream" target="_blank" rel="noreferrer">
            Open another tab
          </a>
        </p>
      </div>
      <div>
        <h3 className="small-caps text-muted">Break it</h3>
        <div className="mt-1 flex flex-wrap gap-2">
          <Button disabled={status !== "live"} onClick={timeline?.cut}>
            Cut the connection
          </Button>
          <Button disabled={reconnectAt === null} onClick={timeline?.comeBack}>
            Come back now
          </Button>
          {status === "ended" ? (
            <Button onClick={restart}>Come back as a new guest</Button>
          ) : (
            <Button disabled={status !== "live"} onClick={logOut}>
              Log out everywhere
            </Button>
          )}
        </div>
        <p className="mt-2 text-muted">
          A cut lasts ten seconds. Publish meanwhile: what you miss is replayed.
        </p>
      </div>
    </aside>
  );
}
