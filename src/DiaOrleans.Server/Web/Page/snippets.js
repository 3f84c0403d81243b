const KEY = "YOUR_API_KEY";
/** Ends of lines in C#, which JSON does not escape. */
const LINE_ENDS = /[\u0085\u2028\u2029]/g;
const OPENAI_FIELDS = ["text", "voice_id", "response_format"];
const SEPARATE_FIELDS = ["temperature", "cfg_scale", "top_p"];

/** A literal that is the same in JSON, Python, JavaScript and C#. */
const literal = value => JSON.stringify(value).replace(LINE_ENDS, end => `\\u${end.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** A field as it is written in a program: a number, unless JavaScript cannot represent it exactly. */
function typed(name, value) {
  if (name === "text" || name === "voice_id" || name === "response_format") return value;
  const number = Number(value);
  const exact = /^-?\d+$/.test(value) ? Number.isSafeInteger(number) : Number.isFinite(number);
  return exact ? number : value;
}

const entries = (fields, separator, indent, quoted = true) => Object.entries(fields)
  .map(([name, value]) => `${indent}${quoted ? literal(name) : name}${separator}${literal(typed(name, value))}`).join(",\n");

const inShell = text => `'${text.replaceAll("'", "'\\''")}'`;

function curl(fields, address, file) {
  const body = `{\n${entries(fields, ": ", "  ")}\n}`;
  return [
    `curl --fail-with-body ${inShell(`${address}generate`)} \\`,
    `  -H 'Content-Type: application/json' -H 'Authorization: Bearer ${KEY}' \\`,
    `  --output ${file} --data-raw ${inShell(body)}`,
  ].join("\n");
}

function pythonOpenAi(fields, address, file) {
  const named = [...OPENAI_FIELDS, ...SEPARATE_FIELDS, "speed"];
  const others = Object.fromEntries(Object.entries(fields).filter(([name]) => !named.includes(name)));
  const left = SEPARATE_FIELDS.filter(name => name in fields);
  return [
    "from openai import OpenAI",
    "",
    `client = OpenAI(base_url=${literal(`${address}v1`)}, api_key=${literal(KEY)})`,
    ...left.length > 0 ? [`# OpenAI's route has no ${left.join(", ")}; the route of the other examples has.`] : [],
    "with client.audio.speech.with_streaming_response.create(",
    '    model="dia",',
    `    input=${literal(fields.text)},`,
    `    voice=${literal(fields.voice_id)},`,
    `    response_format=${literal(fields.response_format)},`,
    ...fields.speed ? [`    speed=${literal(typed("speed", fields.speed))},`] : [],
    ...Object.keys(others).length > 0 ? [`    extra_body={${entries(others, ": ", "")}},`] : [],
    ") as answer:",
    `    answer.stream_to_file(${literal(file)})`,
  ].join("\n");
}

const python = (fields, address, file) => `import requests

answer = requests.post(
    ${literal(`${address}generate`)},
    headers={"Authorization": "Bearer ${KEY}"},
    json={
${entries(fields, ": ", "        ")},
    },
)
answer.raise_for_status()
with open(${literal(file)}, "wb") as file:
    file.write(answer.content)`;

const javaScript = (fields, address, file) => `import { writeFile } from "node:fs/promises";

const answer = await fetch(${literal(`${address}generate`)}, {
  method: "POST",
  headers: { "Content-Type": "application/json", Authorization: "Bearer ${KEY}" },
  body: JSON.stringify({
${entries(fields, ": ", "    ", false)},
  }),
});
if (!answer.ok) throw new Error(await answer.text());
await writeFile(${literal(file)}, Buffer.from(await answer.arrayBuffer()));`;

const cSharp = (fields, address, file) => `using System.Net.Http.Headers;
using System.Net.Http.Json;

using var client = new HttpClient { BaseAddress = new Uri(${literal(address)}) };
client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "${KEY}");
var answer = await client.PostAsJsonAsync("generate", new
{
${entries(fields, " = ", "    ", false)},
});
answer.EnsureSuccessStatusCode();
await File.WriteAllBytesAsync(${literal(file)}, await answer.Content.ReadAsByteArrayAsync());`;

/**
 * Programs that send the same request, by the ids of their languages. `fields` is the body for /generate, `address` that of the server with
 * a slash at its end. The key is a placeholder.
 */
export const SNIPPETS = {
  curl: ["curl", curl],
  openai: ["Python, OpenAI’s client", pythonOpenAi],
  python: ["Python, requests", python],
  javascript: ["JavaScript (Node.js)", javaScript],
  csharp: ["C#", cSharp],
};

export const snippet = (language, fields, address) => SNIPPETS[language][1](fields, address, `speech.${fields.response_format}`);
