"use client";

import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { eventType, eventTypes } from "../../contract";
import { publish } from "../client/publish";
import { useLive, useTimeline } from "../timeline-provider";

/** Publishes an event by HTTP; it comes back over the stream like anybody else's. */
export function PublishBox() {
  const { timeline } = useLive();
  const { status } = useTimeline();
  const [payload, setPayload] = useState('{ "text": "Hello" }');
  const [said, setSaid] = useState<{ text: string; bad: boolean } | null>(null);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const type = eventType.parse(new FormData(event.currentTarget).get("type"));
    let json: unknown;
    try {
      json = JSON.parse(payload);
    } catch {
      return setSaid({ text: 'The payload is not JSON. Text needs quotes: "Hello".', bad: true });
    }
    try {
      const { id } = await publish(type, json);
      timeline?.published(id);
      setSaid({ text: `Stored as ${id}.`, bad: false });
    } catch (error) {
      setSaid({ text: (error as Error).message, bad: true });
    }
  }

  return (
    <form onSubmit={submit} className="border-rule border-b px-4 py-4">
      <div className="grid gap-2 sm:grid-cols-[10rem_minmax(0,1fr)_auto] sm:items-start">
        <select
          name="type"
          aria-label="Type"
          className="h-9 rounded-md border border-edge bg-paper px-2 text-[0.8125rem] pointer-coarse:h-10"
        >
          {eventTypes.map((type) => (
            <option key={type}>{type}</option>
          ))}
        </select>
        <textarea
          value={payload}
          onChange={(event) => setPayload(event.target.value)}
          rows={2}
          spellCheck={false}
          aria-label="Payload, as JSON"
          className="min-w-0 resize-y rounded-md border border-edge bg-paper px-3 py-2 font-mono text-xs leading-5"
        />
        <Button
          look="solid"
          type="submit"
          className="h-9"
          disabled={!timeline || status === "ended"}
        >
          Publish
        </Button>
      </div>
      <p
        role="status"
        className={`mt-1 min-h-5 text-[0.8125rem] ${said?.bad ? "text-bad" : "text-muted"}`}
      >
        {said?.text}
      </p>
    </form>
  );
}
