// What the elements of the panel share: the sheet, and one way to report what was pressed.
import { OffhookElement, sheets } from "../element.js";
import { VISIT_ACT, type VisitAct } from "./act.js";
import styles from "./visit.css?inline";

/** One step of the panel. */
export abstract class VisitStep extends OffhookElement {
  static override styles = sheets(styles);

  protected act(act: VisitAct): void {
    this.report<VisitAct>(VISIT_ACT, act);
  }

  /** A listener that reports one thing. */
  protected press(act: VisitAct): () => void {
    return () => this.act(act);
  }
}
