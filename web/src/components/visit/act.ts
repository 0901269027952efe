// What a visitor can press in the panel, as the elements report it.
import type { CaptureKind } from "../../client/devices.js";

type Answers = Readonly<Record<string, string>>;

/** One thing that was asked for; reported as the event `visit-act`. */
export type VisitAct =
  | { readonly do: "fill"; readonly answers: Answers; readonly agreed: boolean }
  | { readonly do: "go"; readonly step: "book" | "write" | "check" | null }
  | { readonly do: "retry"; readonly kind: CaptureKind }
  | { readonly do: "video"; readonly on: boolean }
  | {
      readonly do: "book";
      readonly at: string | null;
      readonly email: string;
      readonly answers: Answers;
    }
  | { readonly do: "write"; readonly text: string; readonly answers: Answers }
  | { readonly do: "rate"; readonly stars: number; readonly comment: string }
  | { readonly do: "music"; readonly on: boolean }
  | { readonly do: "music-volume" | "volume"; readonly to: number }
  | { readonly do: "toggle"; readonly kind: CaptureKind }
  | { readonly do: "copy"; readonly link: string }
  | { readonly do: "language"; readonly language: string }
  | {
      readonly do:
        | "start"
        | "answer"
        | "hang-up"
        | "again"
        | "reopen"
        | "cancel-callback"
        | "sound"
        | "share"
        | "fold";
    };

/** The name of the event. */
export const VISIT_ACT = "visit-act";
