import { Refusal } from "@/components/wire-client";
import type { Answer } from "./send";

/** An S3 error: its code and its sentence. */
export interface StoreError {
  code: string;
  message: string;
}

/** Reads S3's error document, which is XML. */
export function readStoreError(text: string): StoreError {
  const document = new DOMParser().parseFromString(text, "application/xml");
  const textOf = (name: string) => document.querySelector(`Error > ${name}`)?.textContent ?? "";
  return { code: textOf("Code"), message: textOf("Message") };
}

/** @throws Refusal with the store's own words */
export function assertStored({ status, text }: Answer): void {
  if (status >= 200 && status < 300) return;
  const { code, message } = readStoreError(text);
  throw new Refusal(status, `The store answered ${status} ${code}: ${message}`);
}
