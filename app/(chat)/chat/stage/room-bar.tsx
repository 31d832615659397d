"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { api } from "@/lib/api";
import { type Room, room as roomSchema } from "../../contract";
import { useRoom } from "../room-provider";
import { useRooms } from "./use-rooms";

/** Which room this is, the others, and a way to make one. */
export function RoomBar({ room }: { room: string }) {
  const { me } = useRoom();
  const { pinned, others, next, loadMore, problem: unread } = useRooms(me?.userId);
  const [problem, setProblem] = useState("");
  const router = useRouter();
  const id = useId();

  async function make(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const title = String(new FormData(event.currentTarget).get("title"));
    const answer = await api
      .POST("/api/chat/rooms", { body: { isPrivate: true, title } })
      .catch(() => null);
    const made = roomSchema.safeParse(answer?.data);
    if (made.success) return router.push(`/chat?room=${made.data.name}`, { scroll: false });
    setProblem(answer?.error?.detail ?? "There was no answer. Try again.");
  }

  const here = [...pinned, ...others].some(({ name }) => name === room);
  return (
    <div className="border-rule border-b px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <label className="flex items-center gap-2 text-[0.8125rem]" htmlFor={`${id}room`}>
          <span className="small-caps text-muted">Room</span>
          <select
            id={`${id}room`}
            className="h-8 max-w-44 rounded-md border border-edge bg-surface px-2 pointer-coarse:h-10"
            value={room}
            onChange={(event) => router.push(`/chat?room=${event.target.value}`, { scroll: false })}
          >
            {!here && <option value={room}>{room}</option>}
            {pinned.map(optionOf)}
            {others.length > 0 && (
              <optgroup label="Others, newest first">{others.map(optionOf)}</optgroup>
            )}
          </select>
        </label>
        {next !== undefined && (
          <Button look="bare" onClick={loadMore}>
            More rooms
          </Button>
        )}
        <form onSubmit={make} className="flex items-center gap-2">
          <input
            name="title"
            required
            maxLength={60}
            aria-label="Title of a new private room"
            placeholder="A room of my own"
            className="h-8 w-40 rounded-md border border-edge bg-surface px-2 text-[0.8125rem] placeholder:text-muted pointer-coarse:h-10"
          />
          <Button type="submit">Make it</Button>
        </form>
      </div>
      <p role="status" className="text-[0.8125rem] text-bad empty:hidden">
        {problem || unread}
      </p>
    </div>
  );
}

const optionOf = ({ name, title, isPrivate }: Room) => (
  <option key={name} value={name}>
    {isPrivate ? `${title} (private)` : title}
  </option>
);
