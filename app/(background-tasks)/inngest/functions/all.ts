import { deliverFunction } from "./deliver";
import { digestFunction } from "./digest";
import { importFunction } from "./import";
import { schedules } from "./schedules";

/** Every function that Inngest is told of. */
export const functions = () => [
  importFunction(),
  digestFunction(),
  deliverFunction(),
  ...schedules(),
];
