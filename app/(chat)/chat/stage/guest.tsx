"use client";

import { type FormEvent, useState } from "react";
import { sessionLimits } from "@/app/api/session/contract";
import { logOut, rename } from "@/components/session";
import { Button } from "@/components/ui/button";
import { useLive, useRoom } from "../room-provider";

/** Who one is here: a guest with a name, which can be changed, and a session, which can be ended. */
export function Guest() {
  const live = useLive();
  const { me, status } = useRoom();
  const [problem, setProblem] = useState("");

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name"));
    try {
      await rename(name);
      setProblem("");
      // The new name is in a new token: the connection is made anew with it.
      live?.controls.drop();
    } catch (error) {
      setProblem((error as Error).message);
    }
  }

  if (status === "logged out")
    return <Button onClick={() => live?.connection.open()}>Come back as a new guest</Button>;
  return (
    <div>
      <h3 className="small-caps text-muted">You</h3>
      <form onSubmit={submit} className="mt-1 flex gap-2">
        <input
          key={me?.name}
          name="name"
          required
          defaultValue={me?.name ?? ""}
          maxLength={sessionLimits.nameCharacters}
          aria-label="Your name"
          className="h-8 min-w-0 grow rounded-md border border-edge bg-surface px-2 pointer-coarse:h-10"
        />
        <Button type="submit">Rename</Button>
      </form>
      <p role="status" className="text-bad empty:hidden">
        {problem}
      </p>
      <Button look="bare" className="-ml-2.5" onClick={logOut}>
        Log out everywhere
      </Button>
    </div>
  );
}
