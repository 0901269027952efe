// What a visitor's panel does: opens the contact, asks, waits, talks, rates. It decides no routing.
import { Emitter } from "../../client/emitter.js";
import { Refused } from "../../client/errors.js";
import type { VisitLine, VisitPhase } from "../../client/visit.js";
import type { Commands, Open, Opened, Page, SiteView, Visit } from "../../visit-protocol.js";
import { type Answers, type Problems, problemsOf, refusedField } from "./answers.js";
import type { VisitCall } from "./call.js";
import type { Invitation } from "./invitation.js";
import type { Secret } from "./secret.js";

/** What the visitor is busy with beside what the contact is at. */
export type Step = "form" | "check" | "book" | "write" | null;

/** Everything that is drawn, but for the call itself. */
export interface VisitState {
  readonly phase: VisitPhase;
  /** Why there is no contact. */
  readonly error: unknown;
  /** Another page of this visitor has the contact. */
  readonly elsewhere: boolean;
  readonly site: SiteView | null;
  readonly visit: Visit | null;
  readonly step: Step;
  readonly busy: boolean;
  readonly problems: Problems;
  readonly failure: unknown;
  /** A message was left in this visit. */
  readonly written: boolean;
  readonly agreed: boolean;
  readonly video: boolean;
  /** The answers that were given in this visit. */
  readonly answers: Answers | null;
}

export interface VisitControllerEvents {
  changed: undefined;
  /** The contact is another one now. */
  visit: Visit;
  /** The contact was lost, or is back. */
  lost: boolean;
}

const BEGIN: VisitState = {
  phase: "idle",
  error: null,
  elsewhere: false,
  site: null,
  visit: null,
  step: null,
  busy: false,
  problems: {},
  failure: null,
  written: false,
  agreed: false,
  video: false,
  answers: null,
};
const NOT_INVITED = { secret: null, drop: () => undefined };
const OVER = new Set<Visit["state"]>(["ended", "abandoned", "failed"]);
/** The text about recording is another one now: it has to be read again. */
const CONSENT_CODES = new Set(["consent_changed"]);

/** The panel's one controller. */
export class VisitController extends Emitter<VisitControllerEvents> {
  #state = BEGIN;
  #page: Page = {};
  #language = "";
  #identity: string | null = null;
  #attributes: Readonly<Record<string, string>> = {};
  /** Whether the visitor asked for a call, not for how the last one ended. */
  #fresh = false;

  constructor(
    private readonly line: VisitLine,
    readonly call: VisitCall,
    private readonly secret: Secret,
    private readonly invitation: Pick<Invitation, "secret" | "drop"> = NOT_INVITED,
  ) {
    super();
    line.on("phase", (phase) => this.#phase(phase));
    line.on("opened", (opened) => this.#opened(opened));
    line.on("visit", (visit) => this.#visit(visit));
    line.on("taken", () => this.#taken());
    line.on("refused", (error) => this.#refused(error));
    call.on("changed", () => this.emit("changed", undefined));
  }

  get state(): VisitState {
    return this.#state;
  }

  /** What the contact is opened with. */
  readonly hello = (): Open => ({
    language: this.#language,
    page: this.#page,
    identity: this.#identity,
    attributes: { ...this.#attributes },
  });

  /** Come back to a contact that this tab had; false when there is none. */
  comeBack(): boolean {
    if (this.secret.isHere) {
      this.line.open();
    }
    return this.secret.isHere;
  }

  /** The panel is unfolded. */
  open(): void {
    if (this.#state.phase === "idle" && !this.#state.elsewhere) {
      this.#fresh = this.secret.value !== null;
      this.line.open();
    }
  }

  /** Take the contact back from another page, or try again. */
  reopen(): void {
    this.#set({ ...BEGIN, phase: "connecting" });
    this.line.open();
  }

  /** The visitor's words are in this language. */
  async speak(language: string): Promise<void> {
    this.#language = language;
    await this.line.reopen().catch(() => undefined);
  }

  /** Who the visitor is, by the site's own word. It counts from the next opening on. */
  identify(identity: string): void {
    this.#identity = identity;
    void this.line.reopen().catch((failure: unknown) => this.#set({ failure }));
  }

  setAttributes(attributes: Readonly<Record<string, string>>): void {
    this.#attributes = { ...this.#attributes, ...attributes };
    void this.line.reopen().catch(() => undefined);
  }

  /** The visitor is on this page of the site. */
  moved(page: Page): void {
    this.#page = page;
    if (this.#state.phase === "open") {
      void this.line.command("moved", { page }).catch(() => undefined);
    }
  }

  /** Learn the page without telling: the contact is not open yet. */
  isOn(page: Page, language: string): void {
    this.#page = page;
    this.#language = language;
  }

  /** Go to a step, or back from one. */
  go(step: Step): void {
    if (step !== "check" && this.#state.step === "check") {
      this.call.release();
    }
    this.#set({ step, problems: {}, failure: null });
  }

  /** The form is filled in; check the devices next. To be called from a click. */
  async fill(answers: Answers, agreed: boolean): Promise<void> {
    const { site, visit } = this.#state;
    const problems = problemsOf(site?.fields ?? [], answers);
    const form = visit?.state === "form" || visit?.state === "created";
    this.#set({ agreed, problems: form ? problems : {}, failure: null });
    if (form && Object.keys(problems).length > 0) {
      return;
    }
    if (!form || (await this.#send("fill", { answers: { ...answers } }))) {
      this.#set({ answers: form ? answers : this.#state.answers, step: "check" });
      await this.call.check(false);
    }
  }

  /** Start with the camera on, or not. */
  async withVideo(video: boolean): Promise<void> {
    this.#set({ video });
    if (video) {
      await this.call.devices.start("camera");
    } else {
      this.call.devices.stop("camera");
    }
  }

  /** The devices are ready; wait for somebody. To be called from a click. */
  async start(): Promise<void> {
    const { site, agreed, video } = this.#state;
    const consent = site?.consent ?? null;
    const asked = { consent: consent && agreed, version: consent?.version ?? null };
    if (await this.#send("start", { ...asked, video })) {
      this.call.checked();
      this.#set({ step: null });
    } else if (failedWith(this.#state.failure, CONSENT_CODES)) {
      const { failure } = this.#state;
      this.call.release();
      await this.line.reopen().catch(() => undefined);
      this.#set({ step: null, agreed: false, failure });
    }
  }

  /** Ask to be called: at this time, or when it is one's turn. */
  async askCallback(at: string | null, email: string, answers: Answers): Promise<void> {
    const given = this.#given(answers);
    if (given) {
      const more = email ? { email } : {};
      await this.#done("ask_callback", { at, answers: { ...given }, ...more });
    }
  }

  async cancelCallback(): Promise<void> {
    await this.#send("cancel_callback", {});
  }

  /** Write to the agents instead of waiting. */
  async write(text: string, answers: Answers): Promise<void> {
    const given = this.#given(answers);
    if (given && (await this.#done("leave_message", { text, answers: { ...given } }))) {
      this.#set({ written: true });
    }
  }

  /** Take the agent's call back. To be called from a click. */
  async answer(): Promise<void> {
    await this.call.check(false);
    this.call.checked();
    await this.#send("answer", {});
  }

  /** Leave the queue, or end the call. */
  async hangUp(): Promise<void> {
    await this.#send("hang_up", {});
  }

  async rate(stars: number, comment: string): Promise<void> {
    await this.#send("rate", { stars, comment });
  }

  /** Begin a new contact. To be called from a click. */
  again(): void {
    this.secret.forget();
    this.invitation.drop();
    this.line.close();
    this.#set({ ...BEGIN, phase: "connecting" });
    this.line.open();
  }

  /** What was answered before, or now; null when something is missing. */
  #given(answers: Answers): Answers | null {
    const { site, answers: before } = this.#state;
    if (before) {
      return {};
    }
    const problems = problemsOf(site?.fields ?? [], answers);
    this.#set({ problems, failure: null });
    return Object.keys(problems).length > 0 ? null : answers;
  }

  async #done<Name extends "ask_callback" | "leave_message">(
    name: Name,
    payload: Commands[Name]["send"],
  ): Promise<boolean> {
    const taken = await this.#send(name, payload);
    if (taken) {
      this.call.release();
      this.#set({ step: null, answers: this.#state.answers ?? payload.answers ?? null });
    }
    return taken;
  }

  async #send<Name extends keyof Commands>(
    name: Name,
    payload: Commands[Name]["send"],
  ): Promise<boolean> {
    if (this.#state.busy) {
      return false;
    }
    this.#set({ busy: true, failure: null });
    try {
      await this.line.command(name, payload);
      this.#set({ busy: false, problems: {} });
      return true;
    } catch (failure) {
      const where = failure instanceof Refused ? failure.problem.field : null;
      const problems = refusedField(this.#state.site?.fields ?? [], where ?? "");
      const known = Object.keys(problems).length > 0;
      this.#set({ busy: false, problems, failure: known ? null : failure });
      return false;
    }
  }

  #opened({ site, visit, resume }: Opened): void {
    if (this.#fresh && OVER.has(visit.state)) {
      this.#fresh = false;
      queueMicrotask(() => this.again());
      return;
    }
    this.#fresh = false;
    this.invitation.drop();
    this.secret.keep(resume);
    this.#set({ site, error: null, elsewhere: false });
    this.#visit(visit);
  }

  #visit(visit: Visit): void {
    const before = this.#state.visit;
    const other = before?.session !== visit.session;
    const step = nextStep(this.#state.step, visit);
    this.#set({ visit, step, ...(other ? { written: false } : {}) });
    // Also who was passed on, and waits for the next agent, stays in the room: its music plays on.
    this.call.follow(visit.call);
    if (OVER.has(visit.state) || visit.state === "callback") {
      this.call.release();
    }
    this.emit("visit", visit);
  }

  #phase(phase: VisitPhase): void {
    const before = this.#state.phase;
    this.#set({ phase });
    if ((phase === "lost") !== (before === "lost") && this.#state.visit) {
      this.emit("lost", phase === "lost");
    }
  }

  #taken(): void {
    this.secret.letGo();
    this.call.follow(null);
    this.call.release();
    this.#set({ elsewhere: true, step: null });
  }

  /** A secret that nobody knows any longer is forgotten, and the visitor begins anew. */
  #refused(error: Refused): void {
    const known = this.secret.value !== null && this.invitation.secret === null;
    if (known && error.problem.status < 500 && !this.#state.visit) {
      this.secret.forget();
      this.line.open();
      return;
    }
    this.call.follow(null);
    this.#set({ error });
  }

  #set(part: Partial<VisitState>): void {
    this.#state = { ...this.#state, ...part };
    this.emit("changed", undefined);
  }
}

/** A step ends when the contact has gone beyond it. */
function nextStep(step: Step, { state, callback }: Visit): Step {
  const isBooked = state === "callback" && callback?.state === "requested";
  const before = state === "created" || state === "form" || state === "consent";
  switch (step) {
    case "form":
    case "check":
      return before ? step : null;
    case "book":
    case "write":
      return state === "queued" || state === "closed" || isBooked || before ? step : null;
    case null:
      return null;
  }
}

function failedWith(error: unknown, codes: ReadonlySet<string>): boolean {
  return error instanceof Refused && codes.has(error.code);
}
