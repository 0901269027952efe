// How each kind of track is encoded: simulcast layers by the size of the capture. Pure.
import type { TrackSource } from "./state.js";

/** Below this many pixels browsers leave out the last encodings of the list. */
const SMALL = 960 * 540;
const TINY = 480 * 270;

const FULL = { rid: "f", scaleResolutionDownBy: 1, maxBitrate: 2_500_000 };
const HALF = { rid: "h", scaleResolutionDownBy: 2, maxBitrate: 500_000 };
const QUARTER = { rid: "q", scaleResolutionDownBy: 4, maxBitrate: 150_000 };
const HALF_OF_SMALL = { ...HALF, maxBitrate: 250_000 };

const SCREEN: RTCRtpEncodingParameters = { maxBitrate: 5_000_000, maxFramerate: 30 };

/**
 * The layers of a camera: three when it is large; below 960x540 two, largest first, because
 * browsers send only the first encodings of a small capture; one when there is nothing to halve.
 */
export function cameraEncodings(width: number, height: number): RTCRtpEncodingParameters[] {
  const pixels = width * height;
  if (pixels < TINY) {
    return [{ maxBitrate: HALF.maxBitrate }];
  }
  if (pixels < SMALL) {
    return [{ ...FULL, maxBitrate: 1_000_000 }, { ...HALF_OF_SMALL }];
  }
  return [{ ...QUARTER }, { ...HALF }, { ...FULL }];
}

/** A shared screen: one layer at full size; what is lost is lost in frames, not in sharpness. */
export function screenEncodings(): RTCRtpEncodingParameters[] {
  return [{ ...SCREEN }];
}

/** The encodings of a track by its source; null: the browser's own. */
export function encodingsOf(
  source: TrackSource,
  track: MediaStreamTrack,
): RTCRtpEncodingParameters[] | null {
  if (source === "screen_share") {
    return screenEncodings();
  }
  if (source === "camera") {
    const { width = 1280, height = 720 } = track.getSettings();
    return cameraEncodings(width, height);
  }
  return null;
}
