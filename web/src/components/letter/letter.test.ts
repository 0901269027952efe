// @vitest-environment jsdom
import { expect, test } from "vitest";
import { button, drawn, heard, inside, tidy } from "../../testing/dom.js";
import "./letter.js";
import type { Letter, LetterModel } from "./letter.js";

const model: LetterModel = {
  session: "SE1",
  name: "Marta Silva",
  small: "Support · Lamp shop",
  text: "The shade is bent.\nPlease write to me.",
  email: "marta@example.org",
  phone: "+44 20 7946 0000",
  busy: false,
};

test("a message is read whole, and answered by mail or phone", async () => {
  const shown = await drawn<Letter>("oh-letter", { model });
  expect(inside(shown, "blockquote").textContent).toBe(model.text);
  expect(tidy(inside(shown, "h1").textContent)).toBe("Message from Marta Silva");
  const links = [...shown.renderRoot.querySelectorAll("a")];
  expect(links.map((link) => link.getAttribute("href"))).toEqual([
    "mailto:marta@example.org",
    "tel:+442079460000",
  ]);
});

test("what a visitor wrote as their address adds nothing to the mail", async () => {
  const email = "a@b.org?bcc=all@b.org";
  const shown = await drawn<Letter>("oh-letter", { model: { ...model, email, phone: "" } });
  expect(inside(shown, "a").getAttribute("href")).toBe("mailto:a@b.org%3Fbcc%3Dall%40b.org");
});

test("a message without a way back says so", async () => {
  const shown = await drawn<Letter>("oh-letter", { model: { ...model, email: "", phone: "" } });
  expect(tidy(shown.renderRoot.textContent)).toContain("No address or number was left.");
});

test("done is said once", async () => {
  const shown = await drawn<Letter>("oh-letter", { model });
  const done = heard(shown, "done");
  button(shown, "Done").click();
  shown.model = { ...model, busy: true };
  await shown.updateComplete;
  button(shown, "Done").click();
  expect(done).toHaveLength(1);
});
