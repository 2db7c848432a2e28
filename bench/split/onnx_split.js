// onnx_split.js cloud|edge ADDRESS PORT FOLDER: the same two halves by ONNX Runtime over a socket, each tensor after its
// length. The edge answers "infer COUNT" by milliseconds. NODE_PATH names the folder of onnxruntime-node.
'use strict';
const fs = require('fs');
const net = require('net');
const readline = require('readline');
const ort = require('onnxruntime-node');

const options = { intraOpNumThreads: 1, interOpNumThreads: 1, graphOptimizationLevel: 'all' };
const shapeOf = (file) => fs.readFileSync(file, 'utf8').trim().split(' ').map(Number);

function floats(bytes) {
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

function send(socket, data) {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(data.byteLength);
  socket.cork();
  socket.write(length);
  socket.write(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  socket.uncork();
}

// Calls `got` with each received tensor.
function receive(socket, got) {
  let parts = [];
  let have = 0;
  socket.setNoDelay(true);
  socket.on('data', (part) => {
    parts.push(part);
    have += part.length;
    if (have < 4) return;
    if (parts[0].length < 4) parts = [Buffer.concat(parts)];
    const length = parts[0].readUInt32LE(0);
    if (have < 4 + length) return;
    const whole = Buffer.concat(parts);
    parts = [];
    have = 0;
    got(floats(whole.subarray(4)));
  });
}

async function cloud(address, port, folder) {
  const tail = await ort.InferenceSession.create(`${folder}/tail.onnx`, options);
  const shape = shapeOf(`${folder}/crossing.shape`);
  const server = net.createServer((socket) => {
    receive(socket, async (data) => {
      const answer = await tail.run({ x: new ort.Tensor('float32', data, shape) });
      send(socket, answer.y.data);
    });
    socket.on('close', () => server.close());
  });
  server.listen(port, address, () => console.log('ready'));
}

async function edge(address, port, folder) {
  const head = await ort.InferenceSession.create(`${folder}/head.onnx`, options);
  const input = new ort.Tensor('float32', floats(fs.readFileSync(`${folder}/input`)), shapeOf(`${folder}/input.shape`));
  const socket = net.connect(port, address);
  let answered;
  receive(socket, (data) => answered(data));
  await new Promise((connected) => socket.on('connect', connected));
  const infer = async () => {
    const began = performance.now();
    const crossing = (await head.run({ x: input })).y.data;
    const answer = await new Promise((resolve) => {
      answered = resolve;
      send(socket, crossing);
    });
    return [performance.now() - began, answer];
  };
  const [, answer] = await infer();
  fs.writeFileSync(`${folder}/output.onnx`, Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength));
  console.log(`ready ONNX Runtime ${ort.env.versions.node}`);
  for await (const line of readline.createInterface({ input: process.stdin })) {
    await infer();
    const times = [];
    for (let left = Number(line.split(' ')[1]); left > 0; --left) times.push((await infer())[0].toFixed(6));
    console.log(times.join(' '));
  }
  socket.end();
}

const [role, address, port, folder] = process.argv.slice(2);
(role === 'cloud' ? cloud : edge)(address, Number(port), folder).catch((thrown) => {
  console.error(`onnx_split.js: ${thrown.message}`);
  process.exit(70);
});
