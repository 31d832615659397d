const about = {
  postgres: "Postgres here is the embedded one: real Postgres 18 binaries on this machine.",
  redis: "Redis here is the embedded one: an Upstash-REST endpoint in a process on this machine.",
  s3: "Object storage here is the embedded one: an S3 endpoint on this machine that checks signatures.",
  inngest:
    "The job service here is the embedded one: an executor on this machine that calls the real endpoint.",
  openai:
    "The answerer here is the embedded one: it looks up this project's own documents. It is no language model.",
};

/** A backing service that the project can bring along itself. */
type EmbeddedService = keyof typeof about;

/**
 * Says plainly which services under a page are the embedded ones.
 * `uses`: what the page relies on. `embedded`: what this deployment embeds. Shows nothing when they do not meet.
 */
export function EmbeddedLabel(props: {
  uses: readonly EmbeddedService[];
  embedded: readonly string[];
}) {
  const shown = props.uses.filter((service) => props.embedded.includes(service));
  if (shown.length === 0) return null;
  return (
    <ul className="text-[0.8125rem] text-muted">
      {shown.map((service) => (
        <li key={service}>{about[service]}</li>
      ))}
    </ul>
  );
}
