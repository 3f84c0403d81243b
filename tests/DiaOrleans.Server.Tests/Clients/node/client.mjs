// Talks to a server as people's programs do, through OpenAI's own library, and prints what it saw as one JSON object.
import OpenAI, { NotFoundError, UnprocessableEntityError } from "openai";

const client = new OpenAI({ baseURL: process.argv[2] + "/v1", apiKey: "none", maxRetries: 0 });
const speech = { model: "dia", voice: "anna", input: "Where is my hat? You are wearing it, Peter.", seed: 7 };

async function failure(call) {
  try {
    await call;
  } catch (error) {
    return { status: error.status, message: error.message, code: error.code, kind: error.constructor.name };
  }
}

const whole = await client.audio.speech.create({ ...speech, response_format: "mp3", speed: 1 });
const mp3 = Buffer.from(await whole.arrayBuffer());

const streamed = await client.audio.speech.create({ ...speech, response_format: "pcm", stream_format: "audio" });
let chunks = 0;
let bytes = 0;
for await (const chunk of streamed.body) {
  chunks++;
  bytes += chunk.length;
}

const events = await client.audio.speech.create({ ...speech, voice: { id: "anna" }, response_format: "pcm", stream_format: "sse" });
const lines = (await events.text()).split("\n\n").filter((line) => line).map((line) => JSON.parse(line.replace(/^data: /, "")));

const models = [];
for await (const model of client.models.list()) models.push(model.id);

console.log(JSON.stringify({
  mp3: { type: whole.headers.get("content-type"), bytes: mp3.length, start: mp3.subarray(0, 2).toString("hex") },
  pcm: { type: streamed.headers.get("content-type"), bytes, chunks },
  events: {
    type: events.headers.get("content-type"),
    bytes: lines.filter((e) => e.type === "speech.audio.delta").reduce((sum, e) => sum + Buffer.from(e.audio, "base64").length, 0),
    last: lines.at(-1),
  },
  models,
  model: (await client.models.retrieve("dia")).object,
  unknownVoice: await failure(client.audio.speech.create({ ...speech, voice: "nobody" })),
  badSpeed: await failure(client.audio.speech.create({ ...speech, speed: 9 })),
  noInput: await failure(client.audio.speech.create({ ...speech, input: "" })),
  kinds: [NotFoundError.name, UnprocessableEntityError.name],
}));
