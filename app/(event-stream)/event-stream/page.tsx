import type { Metadata } from "next";
import { EmbeddedLabel } from "@/components/embedded-label";
import { PatternPage } from "@/components/pattern-page/pattern-page";
import { env } from "@/lib/env";
import { patternOf } from "../../patterns";
import { EventStreamFigures } from "./figures";
import { Stage } from "./stage/stage";
import { TimelineProvider } from "./timeline-provider";
import { EventStreamWire } from "./wire";

export const metadata: Metadata = { title: "Event stream · Patternbook" };

export default function EventStreamPage() {
  return (
    <TimelineProvider>
      <PatternPage
        pattern={patternOf("event-stream")}
        note={<EmbeddedLabel uses={["postgres"]} embedded={env().EMBEDDED_SERVICES} />}
        stage={<Stage />}
        measurements={<EventStreamFigures />}
        wire={<EventStreamWire />}
      />
    </TimelineProvider>
  );
}
