// Plain text with `code` in it and blank lines between paragraphs, as templates.
import { html, type TemplateResult } from "lit";

/** One line of text; what stands between backticks is code. */
export function inline(text: string): (string | TemplateResult)[] {
  return text
    .split("`")
    .map((part, place) => (place % 2 === 1 ? html`<code>${part}</code>` : part));
}

/** Paragraphs; single line breaks are only spaces. */
export function prose(text: string): TemplateResult[] {
  return text
    .trim()
    .split(/\n\s*\n/)
    .map((paragraph) => html`<p>${inline(paragraph.replace(/\s*\n\s*/g, " "))}</p>`);
}
