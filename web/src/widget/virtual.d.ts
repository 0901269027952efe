// What the build makes of the catalogue for the launcher (vite.words.ts).
declare module "virtual:launcher-words" {
  interface LauncherWords {
    readonly direction: string;
    readonly call: string;
    readonly show: string;
    readonly panel: string;
    readonly unread: string;
    readonly ringing: string;
    readonly live: string;
    readonly hold: string;
    readonly lost: string;
    readonly ended: string;
  }
  const table: Readonly<Record<string, LauncherWords>>;
  export default table;
}
