// A shared screen: asked of the person each time, with its sound where the browser gives it.
import { type Trouble, troubleOf } from "./devices.js";

/** What the person chose to share. */
export interface Screen {
  readonly video: MediaStreamTrack;
  readonly audio: MediaStreamTrack | null;
}

/** Whether this browser can share a screen (telephones cannot). */
export function canShareScreen(): boolean {
  return typeof navigator.mediaDevices?.getDisplayMedia === "function";
}

/** Ask for a screen; null when the person chose none. */
export async function captureScreen(): Promise<Screen | null> {
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia({
      video: { frameRate: { ideal: 30 } },
      audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    });
    const video = stream.getVideoTracks()[0];
    const audio = stream.getAudioTracks()[0] ?? null;
    if (!video) {
      return null;
    }
    video.contentHint = "detail";
    return { video, audio };
  } catch (error) {
    const trouble: Trouble = troubleOf(error);
    if (trouble === "blocked" || trouble === "busy") {
      return null;
    }
    throw error;
  }
}

/** End the capture of a screen. */
export function release(screen: Screen): void {
  screen.video.stop();
  screen.audio?.stop();
}
