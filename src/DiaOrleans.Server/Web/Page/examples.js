/** Example scripts, with simple words that small models can speak too. */
export const EXAMPLES = [
  ["Two speakers", "[S1] Have you seen my hat? [S2] It is on the chair, where you left it. [S1] So it is. Thank you."],
  ["With sounds", "[S1] You came all the way on foot? (laughs) [S2] The bus never came. (sighs) Is there any tea left?"],
  ["Longer", "[S1] The old house by the river has been empty for years. [S2] I heard that someone lit a lamp there last night. [S1] A lamp? [S2] In the window under the roof. It burned until the morning, and then it went out. [S1] Shall we go and look?"],
];

/** Settings by the ids of the form; those that are not named are the server's. */
export const SETTINGS_PRESETS = [
  ["The server’s settings", {}],
  ["Less varied: temperature 1.2, top p 0.9", { temperature: "1.2", "top-p": "0.9" }],
  ["Slower: speed 0.9", { speed: "0.9" }],
  ["MP3 to share", { format: "mp3" }],
];
