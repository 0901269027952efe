// A section of /admin: what sections of any page share, with the API.
import { property } from "lit/decorators.js";
import { Section as Shared } from "../office/section.js";
import type { Api } from "./api.js";

/** Reports `tell` with words for everybody, and `signed-out`. */
export abstract class Section extends Shared {
  @property({ attribute: false }) api!: Api;
}
