import * as inngest from "./inngest/openapi";
import * as jobs from "./jobs/openapi";
import * as tasks from "./tasks/openapi";

export const schemas = { ...jobs.schemas, ...tasks.schemas };

export const operations = [...jobs.operations, ...tasks.operations, ...inngest.operations];
