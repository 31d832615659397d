import { Button } from "@/components/ui/button";
import type { Message } from "../../contract";
import type { Outgoing } from "../client/state";

/** A stored message: who, when, and its place in the room. */
export function MessageRow({ message, mine }: { message: Message; mine: boolean }) {
  const at = new Date(message.at);
  return (
    <div className="px-4 py-1.5" data-seq={message.seq}>
      <p className="flex items-baseline gap-2 text-[0.8125rem]">
        <span className={mine ? "font-medium text-accent" : "font-medium"}>
          {message.author.name}
        </span>
        <time className="text-muted tabular-nums" dateTime={message.at}>
          {at.toLocaleTimeString(undefined, { timeStyle: "medium" })}
        </time>
        <span className="ml-auto font-mono text-muted text-xs tabular-nums">{message.seq}</span>
      </p>
      <p className="whitespace-pre-wrap break-words leading-snug" dir="auto">
        {message.text}
      </p>
    </div>
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
