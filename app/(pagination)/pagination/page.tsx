import type { Metadata } from "next";
import { EmbeddedLabel } from "@/components/embedded-label";
import { PatternPage } from "@/components/pattern-page/pattern-page";
import { env } from "@/lib/env";
import { patternOf } from "../../patterns";
import { PaginationFigures } from "./figures";
import { PaginationProvider } from "./pagination-provider";
import { Stage } from "./stage/stage";
import { PaginationWire } from "./wire";

export const metadata: Metadata = { title: "Pagination · Patternbook" };

export default function PaginationPage() {
  return (
    <PaginationProvider>
      <PatternPage
        pattern={patternOf("pagination")}
        note={<EmbeddedLabel uses={["postgres"]} embedded={env().EMBEDDED_SERVICES} />}
        stage={<Stage />}
        measurements={<PaginationFigures />}
        wire={<PaginationWire />}
      />
    </PaginationProvider>
  );
}
