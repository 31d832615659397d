import type { Metadata } from "next";
import { EmbeddedLabel } from "@/components/embedded-label";
import { PatternPage } from "@/components/pattern-page/pattern-page";
import { env } from "@/lib/env";
import { patternOf } from "../../patterns";
import { RealtimeFigures } from "./figures";
import { RunProvider } from "./run-provider";
import { Stage } from "./stage/stage";
import { RealtimeWire } from "./wire";

export const metadata: Metadata = { title: "Realtime, compared · Patternbook" };

export default function RealtimePage() {
  return (
    <RunProvider>
      <PatternPage
        pattern={patternOf("realtime")}
        note={<EmbeddedLabel uses={["postgres"]} embedded={env().EMBEDDED_SERVICES} />}
        stage={<Stage />}
        measurements={<RealtimeFigures />}
        wire={<RealtimeWire />}
      />
    </RunProvider>
  );
}
