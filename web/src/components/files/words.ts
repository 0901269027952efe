// What people are told of files: their sizes, and why one was not sent.
import { type Key, locale, say } from "../../words.js";

const BY_CODE: Readonly<Record<string, Key>> = {
  file_too_large: "chat.file.too_large",
  file_empty: "chat.file.empty",
  file_type_not_allowed: "chat.file.type",
  file_type_mismatch: "chat.file.mismatch",
  picture_too_large: "chat.file.pixels",
  your_files_full: "chat.file.mine_full",
  room_files_full: "chat.file.room_full",
  files_off: "chat.file.off",
  not_allowed: "chat.not_allowed",
};
const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** A number of bytes as people read it. */
export function sizeWords(bytes: number): string {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const value = bytes / 1024 ** step;
  return new Intl.NumberFormat(locale(), {
    style: "unit",
    unit: UNITS[step] ?? "byte",
    unitDisplay: step > 0 ? "short" : "long",
    maximumFractionDigits: step > 1 && value < 100 ? 1 : 0,
  }).format(value);
}

/** Why a file was not sent. */
export function failureWords(code: string, name: string, limit: number): string {
  return say(BY_CODE[code] ?? "chat.file.failed", { name, limit: sizeWords(limit) });
}
