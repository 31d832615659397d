import type { Metadata } from "next";
import { EmbeddedLabel } from "@/components/embedded-label";
import { PatternPage } from "@/components/pattern-page/pattern-page";
import { env } from "@/lib/env";
import { patternOf } from "../../patterns";
import { roomName } from "../contract";
import { ChatFigures } from "./figures";
import { RoomProvider } from "./room-provider";
import { Stage } from "./stage/stage";
import { ChatWire } from "./wire";

export const metadata: Metadata = { title: "Chat · Patternbook" };

/** `?room=` names the room; the lobby without it, or where it is no name of a room. */
export default async function ChatPage({
  searchParams,
}: {
  searchParams: Promise<{ room?: string | string[] }>;
}) {
  const { data: room = "lobby" } = roomName.safeParse((await searchParams).room);
  return (
    <RoomProvider room={room} key={room}>
      <PatternPage
        pattern={patternOf("chat")}
        note={<EmbeddedLabel uses={["postgres"]} embedded={env().EMBEDDED_SERVICES} />}
        stage={<Stage room={room} />}
        measurements={<ChatFigures />}
        wire={<ChatWire />}
      />
    </RoomProvider>
  );
}
