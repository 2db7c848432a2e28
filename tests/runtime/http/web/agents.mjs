// Agents for a test: a cloud and an edge of one network of the zoo as processes, with a table; and requests to them.
import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const agent = process.env.TIDELINE_AGENT;
export const network = process.env.TIDELINE_NETWORK ?? "lenet";
export const folder = mkdtempSync(join(tmpdir(), "tideline-"));
const model = `${network}=${join(folder, "model.pt")}`;
const table = join(folder, "table.json");

export async function eventually(what, condition, patienceMs = 60_000) {
  for (const until = Date.now() + patienceMs; ; await new Promise((done) => setTimeout(done, 50))) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > until) throw new Error(`it did not come to be: ${what}`);
  }
}

export class Agent {
  log = "";
  constructor(args) {
    this.child = spawn(agent, [...args, "--threads", "1"], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.child.stderr.on("data", (bytes) => (this.log += bytes));
    this.ended = new Promise((done) => this.child.on("exit", done));
  }
  port(words) {
    const find = () => this.log.match(new RegExp(`${words}\\S*:(\\d+)`))?.[1];
    return eventually(`${words} in ${this.log}`, find).then(Number);
  }
  async stop() {
    this.child.kill("SIGTERM");
    await this.ended;
  }
}

export async function startCloud() {
  const cloud = new Agent(["--cloud", "--model", model, "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"]);
  cloud.link = await cloud.port("listening on ");
  cloud.http = await cloud.port("HTTP on ");
  return cloud;
}

// `own`: it has no table, and measures its plans itself.
export async function startEdge(cloud, http = 0, more = [], own = false) {
  const measured = existsSync(table) && !own ? ["--table", `${network}=${table}`] : [];
  const edge = new Agent([
    "--serve",
    "--model",
    model,
    "--peer",
    `127.0.0.1:${cloud.link}`,
    "--http",
    `127.0.0.1:${http}`,
    ...measured,
    "--uplink-limit",
    "20 Mbit/s",
    ...more,
  ]);
  edge.http = await edge.port("serving on http://");
  edge.url = `http://127.0.0.1:${edge.http}/`;
  return edge;
}

export async function makeNetwork() {
  await promisify(execFile)(agent, ["--zoo", network, "--out", join(folder, "model.pt")]);
}

// A campaign that writes NAME.json.
function campaign(cloud, name, repetitions) {
  const grid = join(folder, "grid.toml");
  writeFileSync(grid, 'uplink = ["50 Mbit/s", "5 Mbit/s"]\n');
  return [
    "--profile",
    "--model",
    model,
    "--peer",
    `127.0.0.1:${cloud.link}`,
    "--grid",
    grid,
    "--samples",
    join(folder, `${name}.jsonl`),
    "--table",
    join(folder, `${name}.json`),
    "--repetitions",
    String(repetitions),
    "--codecs",
    "fp32,fp16",
  ];
}

// Measures a small table through the cloud.
export async function makeTable(cloud) {
  await promisify(execFile)(agent, [...campaign(cloud, "table", 2), "--threads", "1"], { maxBuffer: 64 << 20 });
}

// A campaign that goes on until it is stopped, and shows its progress.
export async function startCampaign(cloud) {
  const started = new Agent([...campaign(cloud, "long", 5000), "--http", "127.0.0.1:0"]);
  started.http = await started.port("the campaign is shown at http://");
  started.url = `http://127.0.0.1:${started.http}/`;
  return started;
}

// Asks for `count` inferences of zeros, one after another.
export async function infer(edge, count) {
  const path = `${edge.url}v2/models/${network}`;
  const { inputs } = await (await fetch(path)).json();
  const body = new Float32Array(inputs[0].shape.reduce((all, one) => all * one, 1));
  for (let i = 0; i < count; ++i) {
    const reply = await fetch(`${path}/infer`, {
      method: "POST",
      body,
      headers: { "Inference-Header-Content-Length": "0" },
    });
    if (reply.status !== 200) throw new Error(await reply.text());
    await reply.arrayBuffer();
  }
}

export const removeFolder = () => rmSync(folder, { recursive: true, force: true });
