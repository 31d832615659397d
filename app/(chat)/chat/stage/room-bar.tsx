"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useEffect, useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { api } from "@/lib/api";
import { type Room, roomList, room as roomSchema } from "../../contract";
import { useRoom } from "../room-provider";

/** Which room this is, the others, and a way to make one. */
export function RoomBar({ room }: { room: string }) {
  const { me } = useRoom();
  const [rooms, setRooms] = useState<Room[]>([]);
  const [problem, setProblem] = useState("");
  const router = useRouter();
  const id = useId();
  const userId = me?.userId;

  useEffect(() => {
    if (!userId) return;
    api
      .GET("/api/chat/rooms")
      .then(({ data }) => setRooms(roomList.parse(data).rooms))
      .catch(() => setProblem("The rooms could not be read. Reload the page."));
  }, [userId]);

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

  const here = rooms.some(({ name }) => name === room);
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
            {rooms.map(({ name, title, isPrivate }) => (
              <option key={name} value={name}>
                {isPrivate ? `${title} (private)` : title}
              </option>
            ))}
          </select>
        </label>
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
        {problem}
      </p>
    </div>
  );
}
