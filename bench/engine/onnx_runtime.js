// onnx_runtime.js MODEL INPUT OUTPUT: ONNX Runtime, by its package for Node; uses the line protocol of answer.h.
// NODE_PATH names the folder of onnxruntime-node.
'use strict';
const fs = require('fs');
const readline = require('readline');
const ort = require('onnxruntime-node');

const warmUpRuns = 5;
const turnMs = 20;
const options = { intraOpNumThreads: 1, interOpNumThreads: 1, graphOptimizationLevel: 'all' };

function readInput(file) {
  const bytes = fs.readFileSync(file);
  const shape = fs.readFileSync(file + '.shape', 'utf8').trim().split(' ').map(Number);
  return new ort.Tensor('float32', new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4), shape);
}

async function measureTurn(session, feeds) {
  await session.run(feeds);
  let runs = 0;
  let gone = 0;
  const start = performance.now();
  do {
    await session.run(feeds);
    ++runs;
    gone = performance.now() - start;
  } while (gone < turnMs);
  return gone / runs;
}

async function main([model, input, output]) {
  const session = await ort.InferenceSession.create(model, options);
  const feeds = { [session.inputNames[0]]: readInput(input) };
  let out;
  for (let i = 0; i < warmUpRuns; ++i) out = (await session.run(feeds))[session.outputNames[0]].data;
  fs.writeFileSync(output, Buffer.from(out.buffer, out.byteOffset, out.byteLength));
  console.log(`ready ONNX Runtime ${ort.env.versions.node}`);
  for await (const line of readline.createInterface({ input: process.stdin })) {
    console.log(line === 'run' ? (await measureTurn(session, feeds)).toFixed(6) : '?');
  }
}

main(process.argv.slice(2)).catch((thrown) => {
  console.error(`onnx_runtime.js: ${thrown.message}`);
  process.exit(70);
});
