import type { Metadata } from "next";
import { EmbeddedLabel } from "@/components/embedded-label";
import { PatternPage } from "@/components/pattern-page/pattern-page";
import { env } from "@/lib/env";
import { patternOf } from "../../patterns";
import { TokenStreamFigures } from "./figures";
import { RunProvider } from "./run-provider";
import { Stage } from "./stage/stage";
import { TokenStreamWire } from "./wire";

export const metadata: Metadata = { title: "Token stream · Patternbook" };

export default function TokenStreamPage() {
  return (
    <RunProvider>
      <PatternPage
        pattern={patternOf("token-stream")}
        note={<EmbeddedLabel uses={["openai", "postgres"]} embedded={env().EMBEDDED_SERVICES} />}
        stage={<Stage />}
        measurements={<TokenStreamFigures />}
        wire={<TokenStreamWire />}
      />
    </RunProvider>
  );
}
