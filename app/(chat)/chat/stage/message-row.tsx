"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import type { Message } from "../../contract";
import type { Outgoing } from "../client/state";

/** Beyond either a message is cut until it is opened. */
const LONG_CHARACTERS = 1_000;
const LONG_LINES = 12;

/** A stored message: who, when, and its place in the room. */
export function MessageRow({ message, mine }: { message: Message; mine: boolean }) {
  const at = new Date(message.at);
  return (
    <div className="px-4 py-1.5" data-seq={message.seq}>
      <p className="flex items-baseline gap-2 text-[0.8125rem]">
        <span className={mine ? "font-medium text-accent" : "font-medium"}>
          <bdi>{message.author.name}</bdi>
        </span>
        <time className="text-muted tabular-nums" dateTime={message.at}>
          {at.toLocaleTimeString(undefined, { timeStyle: "medium" })}
        </time>
        <span className="ml-auto font-mono text-muted text-xs tabular-nums">{message.seq}</span>
      </p>
      <MessageText text={message.text} />
    </div>
  );
}

/**
 * A message may have 4,000 lines, and marks that reach over the lines around them: nothing is shown outside of
 * its own box, and a long one only when it is asked for.
 */
function MessageText({ text }: { text: string }) {
  const [isOpen, setOpen] = useState(false);
  const isLong = text.length > LONG_CHARACTERS || text.split("\n").length > LONG_LINES;
  return (
    <>
      <p
        className={`overflow-hidden whitespace-pre-wrap break-words leading-snug ${isLong && !isOpen ? "line-clamp-[12]" : ""}`}
        dir="auto"
      >
        {text}
      </p>
      {isLong && (
        <Button look="bare" className="-ml-2.5" onClick={() => setOpen(!isOpen)}>
          {isOpen ? "Show less" : "Show all of it"}
        </Button>
      )}
    </>
  );
}

const states = { sending: "sending", stored: "stored", refused: "refused" };

/** A message of one's own on its way. */
export function OutgoingRow(props: { message: Outgoing; onRetry(): void; onDiscard(): void }) {
  const { text, state, seq, attempts, detail } = props.message;
  return (
    <li className="px-4 py-1.5 text-muted">
      <p className="flex flex-wrap items-baseline gap-2 text-[0.8125rem]">
        <span className={state === "refused" ? "text-bad" : ""}>
          {states[state]}
          {seq !== undefined && ` at ${seq}`}
          {attempts > 1 && `, attempt ${attempts}`}
          {detail && `: ${detail}`}
        </span>
        {state === "refused" && (
          <>
            <Button look="bare" onClick={props.onRetry}>
              Send again
            </Button>
            <Button look="bare" onClick={props.onDiscard}>
              Discard
            </Button>
          </>
        )}
      </p>
      <p className="line-clamp-3 whitespace-pre-wrap break-words leading-snug" dir="auto">
        {text}
      </p>
    </li>
  );
}
