"use client";

import { type FormEvent, type KeyboardEvent, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { chatLimits } from "../../contract";
import { useLive, useRoom } from "../room-provider";

/** "I type" is said again at most this often, and taken back after this long in silence. */
const TYPING_MS = 3_000;

/** Writes a message. Enter sends, Shift+Enter breaks the line. */
export function Composer() {
  const connection = useLive()?.connection;
  const { typing, me, problem, status } = useRoom();
  const [text, setText] = useState("");
  const saidAt = useRef(0);
  const silence = useRef<ReturnType<typeof setTimeout>>(undefined);
  const shut = status === "logged out" || (problem !== null && status !== "joined");

  function change(value: string): void {
    setText(value);
    clearTimeout(silence.current);
    if (Date.now() - saidAt.current > TYPING_MS) {
      saidAt.current = Date.now();
      connection?.typing(true);
    }
    silence.current = setTimeout(stopTyping, TYPING_MS);
  }

  function stopTyping(): void {
    clearTimeout(silence.current);
    if (saidAt.current > 0) connection?.typing(false);
    saidAt.current = 0;
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (text.trim() === "" || !connection) return;
    connection.send(text);
    setText("");
    stopTyping();
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) submit(event);
  }

  const others = typing.filter(({ userId }) => userId !== me?.userId).map(({ name }) => name);
  return (
    <form onSubmit={submit} className="border-rule border-t px-4 pt-2 pb-4">
      <p className="min-h-6 text-[0.8125rem] text-muted" aria-live="polite">
        {others.length > 0 &&
          `${others.slice(0, 3).join(", ")} ${others.length > 1 ? "are" : "is"} typing`}
      </p>
      <div className="flex items-end gap-2">
        <textarea
          value={text}
          onChange={(event) => change(event.target.value)}
          onKeyDown={onKeyDown}
          rows={2}
          maxLength={chatLimits.messageCharacters}
          disabled={shut}
          aria-label="Message"
          placeholder="Write to the room"
          className="min-w-0 grow resize-y rounded-md border border-edge bg-paper px-3 py-2 text-[0.9375rem] leading-snug placeholder:text-muted"
        />
        <Button look="solid" type="submit" disabled={!connection || shut}>
          Send
        </Button>
      </div>
    </form>
  );
}
