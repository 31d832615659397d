import type { Input } from "../../contract";
import { inngest } from "../client";
import { optionsOf } from "../options";
import { perform } from "../perform";
import { startOf } from "../start-data";

/** Dramatiq's row: one message, retried with backoff, delivered once or kept as a dead letter. */
export const deliverFunction = () =>
  inngest().createFunction(optionsOf("deliver"), async ({ event, step }) => {
    const start = startOf(event);
    return step.run("deliver", () =>
      perform(
        { start, name: "deliver", position: 0, faulty: true, last: true },
        // The ledger is where it is delivered to: its line is the message.
        async (_, { input }) => ({ delivered: (input as Input<"deliver">).message }),
      ),
    );
  });
