import { element } from "./xml.ts";

/** The one account, as S3 tells it with buckets, objects and uploads. It is public, and nothing is decided by it. */
export const owner = (name: "Owner" | "Initiator" = "Owner") =>
  element(name, element("ID", "embedded"), element("DisplayName", "embedded"));
