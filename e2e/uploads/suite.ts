import type { UploadsGuest } from "../support/uploads";
import { givingItBack } from "./content";
import { straightToTheStore } from "./direct";
import { formsFromHell } from "./forms";
import { inParts } from "./parts";
import { theSimpleWay } from "./simple";
import { theStreamingWay } from "./streaming";

/** The application over a store, and what of S3 that store knows. */
export interface Site {
  newGuest(): Promise<UploadsGuest>;
  /** The address of another instance over the same store. */
  other(): string;
  /** Forms with a policy (POST object). */
  forms: boolean;
  /** `x-amz-checksum-*`: verifies them, keeps them and tells them. */
  checksums: boolean;
}

/** What the application promises over any store. */
export function uploadsSuite(site: Site): void {
  theSimpleWay(site);
  theStreamingWay(site);
  formsFromHell(site);
  straightToTheStore(site);
  inParts(site);
  givingItBack(site);
}
