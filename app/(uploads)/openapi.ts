import * as direct from "./openapi/direct";
import * as received from "./openapi/received";
import * as stored from "./openapi/stored";

export const schemas = stored.schemas;

export const operations = [...stored.operations, ...received.operations, ...direct.operations];
