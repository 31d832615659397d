import type { Metadata } from "next";
import { EmbeddedLabel } from "@/components/embedded-label";
import { PatternPage } from "@/components/pattern-page/pattern-page";
import { env } from "@/lib/env";
import { patternOf } from "../../patterns";
import { RateLimitsFigures } from "./figures";
import { LabProvider } from "./lab-provider";
import { Stage } from "./stage/stage";
import { RateLimitsWire } from "./wire";

export const metadata: Metadata = { title: "Rate limits · Patternbook" };

export default function RateLimitsPage() {
  return (
    <LabProvider>
      <PatternPage
        pattern={patternOf("rate-limits")}
        note={<EmbeddedLabel uses={["redis"]} embedded={env().EMBEDDED_SERVICES} />}
        stage={<Stage />}
        measurements={<RateLimitsFigures />}
        wire={<RateLimitsWire />}
      />
    </LabProvider>
  );
}
