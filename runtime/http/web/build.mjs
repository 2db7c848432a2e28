// Builds the page: bundles src/, compresses each file into built/, and writes the digests of both into built/SHA256SUMS,
// by which a test sees whether built/ is of these sources.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

process.chdir(dirname(fileURLToPath(import.meta.url)));
mkdirSync("built", { recursive: true });

const common = { bundle: true, minify: true, write: false, logLevel: "warning", legalComments: "inline" };
const bundled = async (entry, more = {}) =>
  (await esbuild.build({ ...common, ...more, entryPoints: [entry] })).outputFiles[0].contents;

const licence = `/*! With uPlot:\n${readFileSync("node_modules/uplot/LICENSE", "utf8").trim()}\n*/`;
const files = {
  "index.html": readFileSync("src/index.html"),
  "app.js": await bundled("src/main.ts", {
    format: "iife",
    target: "es2022",
    charset: "utf8",
    banner: { js: licence },
  }),
  "app.css": await bundled("src/app.css"),
};
for (const [name, bytes] of Object.entries(files)) {
  const packed = gzipSync(bytes, { level: 9 });
  writeFileSync(`built/${name}.gz`, packed);
  console.log(`${name}: ${bytes.length} bytes, ${packed.length} compressed`);
}

const digested = [
  "build.mjs",
  "package-lock.json",
  "package.json",
  "tsconfig.json",
  ...readdirSync("src").map((name) => `src/${name}`),
  ...Object.keys(files).map((name) => `built/${name}.gz`),
].sort();
const line = (path) => `${createHash("sha256").update(readFileSync(path)).digest("hex")}  ${path}\n`;
writeFileSync("built/SHA256SUMS", digested.map(line).join(""));
