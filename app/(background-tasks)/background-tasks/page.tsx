import type { Metadata } from "next";
import { EmbeddedLabel } from "@/components/embedded-label";
import { PatternPage } from "@/components/pattern-page/pattern-page";
import { env } from "@/lib/env";
import { patternOf } from "../../patterns";
import { BoardProvider } from "./board-provider";
import { BackgroundTasksFigures } from "./figures";
import { Stage } from "./stage/stage";
import { BackgroundTasksWire } from "./wire";

export const metadata: Metadata = { title: "Background tasks · Patternbook" };

export default function BackgroundTasksPage() {
  return (
    <BoardProvider>
      <PatternPage
        pattern={patternOf("background-tasks")}
        note={<EmbeddedLabel uses={["inngest", "postgres"]} embedded={env().EMBEDDED_SERVICES} />}
        stage={<Stage />}
        measurements={<BackgroundTasksFigures />}
        wire={<BackgroundTasksWire />}
      />
    </BoardProvider>
  );
}
