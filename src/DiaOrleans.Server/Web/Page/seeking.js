const STEP_SECONDS = 2;
const PAGE_SECONDS = 10;
const STEPS = {
  ArrowLeft: -STEP_SECONDS,
  ArrowDown: -STEP_SECONDS,
  ArrowRight: STEP_SECONDS,
  ArrowUp: STEP_SECONDS,
  PageDown: -PAGE_SECONDS,
  PageUp: PAGE_SECONDS,
};

/**
 * Moves the position of a sound by a click on its waveform, by drawing the mouse over it, and by the keys of its slider, which has the
 * focus after a click. `at` returns the position in seconds, `seek` sets it. While the slider is disabled there is no sound.
 */
export function startSeeking({ canvas, wave, slider, at, seek }) {
  const seekTo = event => !slider.disabled && seek(wave.secondsAt(event.offsetX));
  canvas.addEventListener("click", event => {
    seekTo(event);
    slider.focus({ preventScroll: true });
  });
  canvas.addEventListener("pointermove", event => event.pointerType === "mouse" && event.buttons === 1 && seekTo(event));
  slider.addEventListener("keydown", event => {
    if (!(event.key in STEPS)) return;
    event.preventDefault();
    seek(at() + STEPS[event.key]);
  });
}
