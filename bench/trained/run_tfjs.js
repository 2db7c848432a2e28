// Runs a network in TensorFlow.js: TFJS FOLDER INPUTS SHAPE [OUTPUT...]. INPUTS holds fp32 images, SHAPE is that of one of them, as
// 1,224,224,3. Without names of outputs it is a Keras network. Writes all outputs of all images to stdout, as fp32.
const fs = require('fs');
const path = require('path');

const [library, folder, inputs, shape, ...outputs] = process.argv.slice(2);
const tf = require(library);
const sizes = shape.split(',').map(Number);
const size = sizes.reduce((a, b) => a * b);

function artifacts() {
  const name = fs.readdirSync(folder).find(file => file.endsWith('.json'));
  const model = JSON.parse(fs.readFileSync(path.join(folder, name)));
  const groups = model.weightsManifest;
  const content = Buffer.concat(groups.flatMap(group => group.paths.map(file => fs.readFileSync(path.join(folder, file)))));
  return {modelTopology: model.modelTopology, weightSpecs: groups.flatMap(group => group.weights),
          weightData: content.buffer.slice(content.byteOffset, content.byteOffset + content.length)};
}

async function main() {
  await tf.ready();
  const source = {load: async () => artifacts()};
  const model = outputs.length ? await tf.loadGraphModel(source) : await tf.loadLayersModel(source);
  const content = fs.readFileSync(inputs);
  const numbers = new Float32Array(content.buffer, content.byteOffset, content.length / 4);
  for (let at = 0; at < numbers.length; at += size) {
    const image = tf.tensor(numbers.slice(at, at + size), sizes);
    const answer = outputs.length ? model.execute(image, outputs) : [model.predict(image)];
    for (const one of answer) fs.writeSync(1, Buffer.from(one.dataSync().buffer));
  }
}

main();
