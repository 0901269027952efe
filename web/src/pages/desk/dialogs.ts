// The dialogs above the desk: passing on, settings, the keys, and why somebody came to this agent.
import { html, type TemplateResult } from "lit";
import type { AudioOutput } from "../../client/audio.js";
import type { Devices } from "../../client/devices.js";
import type { ChosenDetail } from "../../components/devices/devices.js";
import "../../components/dialogs/desk-settings.js";
import "../../components/dialogs/desk-shortcuts.js";
import "../../components/explain/explain.js";
import type { Disclosure } from "../../components/secret/secret.js";
import "../../components/secret/secret.js";
import "../../components/transfer/transfer.js";
import type { TransferDetail } from "../../components/transfer/transfer.js";
import { say } from "../../words.js";
import type { Dialog } from "./acting.js";
import type { DeskController } from "./controller.js";
import type { Crier } from "./crier.js";
import { decisionRow } from "./deciding.js";
import { devicesModel } from "./models.js";
import { colleagueRows, nameOf, queueRows } from "./view.js";

/** What the dialogs show, and what they change. */
export interface DialogsModel {
  readonly controller: DeskController;
  readonly devices: Devices;
  readonly output: AudioOutput;
  readonly crier: Crier;
  readonly dialog: Dialog | null;
  /** The session of which `explain` speaks. */
  readonly explained: string;
  /** The link of a callback, where it could not be copied. */
  readonly link: Disclosure | null;
  readonly shortcuts: boolean;
  changed(): void;
  notify(): void;
  turnShortcuts(): void;
  close(): void;
}

/** All of them; one at most is open. */
export function dialogs(model: DialogsModel): TemplateResult {
  const { dialog, link, shortcuts, turnShortcuts, close } = model;
  return html`${transfer(model)} ${settings(model)}
    <oh-desk-shortcuts ?open=${dialog === "shortcuts"} ?enabled=${shortcuts}
      @toggle-shortcuts=${turnShortcuts} @close=${close}></oh-desk-shortcuts>
    <oh-secret .disclosure=${link} ?open=${link !== null} @close=${close}></oh-secret>
    ${explain(model)}`;
}

function transfer({ controller, dialog, close }: DialogsModel): TemplateResult {
  const { desk, front } = controller;
  return html`<oh-transfer ?open=${dialog === "transfer" && front !== null} .customer=${front ? nameOf(front.customer) : ""}
    .colleagues=${desk ? colleagueRows(desk) : []} .queues=${desk ? queueRows(desk) : []}
    @transfer=${(event: CustomEvent<TransferDetail>) => front && controller.transfer(front.session, event.detail)}
    @close=${close}></oh-transfer>`;
}

function settings(model: DialogsModel): TemplateResult {
  const { devices, dialog, notify, close } = model;
  const { ringer, notifier, sounds } = model.crier;
  const turn = () => {
    ringer.turn(!ringer.on);
    model.changed();
  };
  return html`<oh-desk-settings ?open=${dialog === "settings"} .devices=${devicesModel(devices)}
    .ring=${{ on: ringer.on, device: ringer.device, mayAsk: notifier.mayAsk }}
    @choose-device=${(event: CustomEvent<ChosenDetail>) => chooseDevice(model, event.detail)}
    @process=${(event: CustomEvent) => devices.process(event.detail)}
    @test-speaker=${() => sounds.test(devices.chosen("speaker"))}
    @ring-device=${(event: CustomEvent<string>) => ringer.choose(event.detail)} @ring-test=${() => ringer.test()}
    @toggle-ring=${turn} @notify=${notify} @close=${close}></oh-desk-settings>`;
}

async function chooseDevice(
  { devices, output, crier }: DialogsModel,
  { kind, id }: ChosenDetail,
): Promise<void> {
  await devices.choose(kind, id);
  if (kind === "speaker") {
    await output.useSpeaker(id).catch((error) => crier.failed(error));
  }
}

/** Why a session came to this agent, and who else was considered. */
function explain({ controller, dialog, explained, close }: DialogsModel): TemplateResult {
  const { desk, clock } = controller;
  const all = [...(desk?.offers ?? []), ...(desk?.contacts ?? [])];
  const about = all.find(({ session }) => session === explained);
  const name = about ? nameOf(about.customer) : "";
  return html`<oh-explain ?open=${dialog === "explain" && about !== undefined}
    .heading=${say("desk.why.title", { name })}
    .decisions=${about?.decision ? [decisionRow(about.decision, clock)] : []} @close=${close}></oh-explain>`;
}
