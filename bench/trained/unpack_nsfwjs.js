// Writes a network of npm's nsfwjs as a model.json and its weights, which are modules there: SOURCE FOLDER.
const fs = require('fs');
const path = require('path');

const [source, folder] = process.argv.slice(2);
const at = path.resolve(source);
const shards = fs.readdirSync(at).filter(file => /^group1-shard\d+of\d+\.min\.js$/.test(file)).sort();
const content = Buffer.concat(shards.map(file => Buffer.from(require(path.join(at, file)), 'base64')));
const model = require(path.join(at, 'model.min.js'));
model.weightsManifest = [{paths: ['weights.bin'], weights: model.weightsManifest.flatMap(group => group.weights)}];
fs.writeFileSync(path.join(folder, 'weights.bin'), content);
fs.writeFileSync(path.join(folder, 'model.json'), JSON.stringify(model));
