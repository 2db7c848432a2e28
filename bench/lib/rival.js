// rival.js NETWORK.onnx PREPARATION ADDRESS: what one would write without this runtime. Answers a JPEG that is posted by the
// network's numbers, as bytes of fp32. libvips (sharp) decodes and resizes, ONNX Runtime computes; one thread
// each, one request at a time.
//
// PREPARATION is JSON: {"fit", "border", "colour", "scale", "mean", "std"}, the last two with a number per channel of the input.
'use strict';
const http = require('http');
const ort = require('onnxruntime-node');
const sharp = require('sharp');

const options = { intraOpNumThreads: 1, interOpNumThreads: 1, graphOptimizationLevel: 'all' };
sharp.concurrency(1);
sharp.cache(false);

// Returns a function from a JPEG to the network's input.
function preparer(how, [, channels, height, width]) {
  const grey = { r: how.border, g: how.border, b: how.border };
  const fitted = { fit: how.fit, background: grey, kernel: 'linear' };
  const numbers = Array.from({ length: channels }, (_, c) =>
    Float32Array.from({ length: 256 }, (_, p) => (p * how.scale - how.mean[c]) / how.std[c]));
  const input = new Float32Array(channels * height * width);
  return async (jpeg) => {
    const pixels = await sharp(jpeg).resize(width, height, fitted).raw().toBuffer();
    for (let c = 0; c < channels; ++c) {
      const from = how.colour === 'bgr' ? channels - 1 - c : c;
      const table = numbers[c];
      const plane = input.subarray(c * height * width, (c + 1) * height * width);
      for (let i = 0, at = from; i < plane.length; ++i, at += channels) plane[i] = table[pixels[at]];
    }
    return input;
  };
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

async function main([network, preparation, address]) {
  const session = await ort.InferenceSession.create(network, options);
  const [shape] = session.inputMetadata.map((input) => input.shape);
  const prepare = preparer(JSON.parse(preparation), shape);
  const answer = async (jpeg) => {
    const image = new ort.Tensor('float32', await prepare(jpeg), shape);
    return (await session.run({ [session.inputNames[0]]: image }))[session.outputNames[0]].data;
  };
  let last = Promise.resolve();  // All requests share the memory of one input.
  const server = http.createServer(async (request, response) => {
    try {
      const jpeg = await bodyOf(request);
      const next = () => answer(jpeg);
      const data = await (last = last.then(next, next));
      response.end(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    } catch (thrown) {
      response.writeHead(400).end(thrown.message);
    }
  });
  server.keepAliveTimeout = 600000;
  server.listen(0, address, () => console.log(`listening on ${address}:${server.address().port}`));
}

main(process.argv.slice(2)).catch((thrown) => {
  console.error(`rival.js: ${thrown.message}`);
  process.exit(70);
});
