import type { Metadata } from "next";
import { EmbeddedLabel } from "@/components/embedded-label";
import { PatternPage } from "@/components/pattern-page/pattern-page";
import { env } from "@/lib/env";
import { patternOf } from "../../patterns";
import { BoardProvider } from "./board-provider";
import { UploadFigures } from "./figures";
import { Stage } from "./stage/stage";
import { UploadsWire } from "./wire";

export const metadata: Metadata = { title: "Uploads" };

export default function UploadsPage() {
  return (
    <BoardProvider>
      <PatternPage
        pattern={patternOf("uploads")}
        note={<EmbeddedLabel uses={["s3", "postgres"]} embedded={env().EMBEDDED_SERVICES} />}
        stage={<Stage />}
        measurements={<UploadFigures />}
        wire={<UploadsWire />}
      />
    </BoardProvider>
  );
}
