// What every npm script loads before its own file: `node --import ./run/prepare.mjs run/demo.ts`. TypeScript can be
// loaded from here on, and what commands import but no file holds, the generated code, is made.
import "tsx";

await import("./prepare.ts");
