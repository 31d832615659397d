import type { ReactNode } from "react";
import type { Pattern } from "@/app/pattern";
import { Boundary } from "@/components/boundary";
import { sourceHash } from "@/components/source-panel/source-hash";
import { SourcePanel } from "@/components/source-panel/source-panel";
import { PatternHeader } from "./pattern-header";
import { RuleOfThumb } from "./rule-of-thumb";
import { Section } from "./section";

/**
 * The frame of every pattern page. `stage` is the live thing, `measurements` what it measures (usually `<Figures>`),
 * `wire` what crossed the wire (usually `<WirePanel>`), `note` a line under the header (usually `<EmbeddedLabel>`).
 */
export function PatternPage(props: {
  pattern: Pattern;
  stage: ReactNode;
  measurements: ReactNode;
  wire: ReactNode;
  note?: ReactNode;
}) {
  const { pattern } = props;
  return (
    <article>
      <PatternHeader pattern={pattern} note={props.note} />
      <Section id="rule" title="Rule of thumb">
        <RuleOfThumb rule={pattern.rule} />
      </Section>
      <Section id="stage" title="Live">
        <Boundary>{props.stage}</Boundary>
      </Section>
      <Section id="measurements" title="Measured">
        <Boundary>{props.measurements}</Boundary>
      </Section>
      <Section id="wire" title="The wire">
        <Boundary>{props.wire}</Boundary>
      </Section>
      <Section id="source" title="The source">
        <p className="mb-4 max-w-prose">
          Read from the disk of this server for this page: the files that are running. Start with
          the{" "}
          <a className="link" href={sourceHash(`${pattern.folder}/README.md`)}>
            README
          </a>
          ; the{" "}
          <a className="link" href={sourceHash(pattern.spec)}>
            spec
          </a>{" "}
          proves each claim in a browser.
        </p>
        <SourcePanel pattern={pattern} />
      </Section>
    </article>
  );
}
