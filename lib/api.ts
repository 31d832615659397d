import createClient from "openapi-fetch";
import type { paths } from "./openapi/generated/paths";

/**
 * The API, as pages call it: paths, parameters and bodies are checked against the OpenAPI document
 * when it is compiled. Answers are still parsed by their contract, since a page may be older than the
 * server that answers it. Streams, sockets and uploads are not called through it.
 */
export const api = createClient<paths>();
