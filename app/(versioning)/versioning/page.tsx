import type { Metadata } from "next";
import { EmbeddedLabel } from "@/components/embedded-label";
import { PatternPage } from "@/components/pattern-page/pattern-page";
import { env } from "@/lib/env";
import { patternOf } from "../../patterns";
import { VersioningFigures } from "./figures";
import { Stage } from "./stage/stage";
import { VersioningProvider } from "./versioning-provider";
import { VersioningWire } from "./wire";

export const metadata: Metadata = { title: "Versioning · Patternbook" };

export default function VersioningPage() {
  const embedded = env().EMBEDDED_SERVICES;
  return (
    <VersioningProvider>
      <PatternPage
        pattern={patternOf("versioning")}
        note={<EmbeddedLabel uses={["postgres"]} embedded={embedded} />}
        stage={<Stage clockMoves={embedded.length > 0} />}
        measurements={<VersioningFigures />}
        wire={<VersioningWire />}
      />
    </VersioningProvider>
  );
}
