"""Tests the conversion of trained networks on small ones that are made by hand. Needs no network; skipped without torch."""
import base64
import io
import json
import pathlib
import sys
import tarfile
import tempfile
import unittest
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.dont_write_bytecode = True

from bench.lib import trained  # noqa: E402
from bench.lib.processes import Failed  # noqa: E402

try:
    import numpy as np
    import torch
except ImportError:
    torch = None
else:
    from bench.trained import convert
    from bench.trained.boxes import Boxes
    from bench.trained.graph import Graph
    from bench.trained.layers import Layers
    from bench.trained.weights import read_model


def node(name, op, inputs=(), **attributes):
    return {"name": name, "op": op, "input": list(inputs), "attr": attributes}


def integers(*values):
    return {"list": {"i": [str(value) for value in values]}}


def text(value):
    return {"s": base64.b64encode(value.encode()).decode()}


def placeholder(*sizes):
    return node("x", "Placeholder", shape={"shape": {"dim": [{"size": str(size)} for size in sizes]}})


def one_convolution(images, kernel, stride, margin):
    """A convolution by its definition: images [N,C,H,W], kernel [H,W,C,O]."""
    padded = np.pad(images, ((0, 0), (0, 0), (margin, margin), (margin, margin)))
    rows, columns = ((padded.shape[axis] - kernel.shape[axis - 2]) // stride + 1 for axis in (2, 3))
    out = np.zeros((len(images), kernel.shape[3], rows, columns), np.float32)
    for row in range(rows):
        for column in range(columns):
            window = padded[:, :, row * stride:row * stride + kernel.shape[0], column * stride:column * stride + kernel.shape[1]]
            out[:, :, row, column] = np.einsum("nchw,hwco->no", window, kernel)
    return out


@unittest.skipIf(torch is None, "Debian's python3-torch is not installed")
class Graphs(unittest.TestCase):
    def setUp(self):
        self.random = np.random.default_rng(1)

    def run_graph(self, nodes, weights, outputs, image):
        constants = [node(name, "Const") for name in weights]
        graph = Graph({"modelTopology": {"node": constants + nodes}}, weights, outputs).eval()
        with torch.no_grad():
            return [one.numpy() for one in graph(torch.from_numpy(image))]

    def test_convolve_with_margin_and_bias_between_transposes(self):
        image = self.random.normal(size=(1, 3, 7, 7)).astype(np.float32)
        kernel, bias = (self.random.normal(size=size).astype(np.float32) for size in ((3, 3, 3, 4), (4,)))
        weights = {"margin": np.array([[0, 0], [0, 0], [1, 1], [1, 1]]), "last": np.array([0, 2, 3, 1]),
                   "first": np.array([0, 3, 1, 2]), "kernel": kernel, "bias": bias}
        nodes = [placeholder(1, 3, 7, 7), node("pad", "Pad", ["x", "margin"]), node("t", "Transpose", ["pad", "last"]),
                 node("c", "Conv2D", ["t", "kernel"], strides=integers(1, 2, 2, 1), dilations=integers(1, 1, 1, 1),
                      padding=text("VALID")),
                 node("b", "Add", ["c", "bias"]), node("u", "Transpose", ["b", "first"]),
                 node("r", "LeakyRelu", ["u"], alpha={"f": 0.1})]
        out, = self.run_graph(nodes, weights, ["r"], image)
        expected = one_convolution(image, kernel, 2, 1) + bias[:, None, None]
        np.testing.assert_allclose(out, np.where(expected > 0, expected, 0.1 * expected), rtol=1e-4, atol=1e-5)

    def test_pool_split_and_join(self):
        image = self.random.normal(size=(1, 4, 4, 4)).astype(np.float32)
        weights = {"margin": np.array([[0, 0], [0, 0], [1, 1], [1, 1]]), "lowest": np.array(np.finfo(np.float32).min),
                   "last": np.array([0, 2, 3, 1]), "sizes": np.array([1, 3]), "axis": np.array(3), "rows": np.array([1, -1, 4]),
                   "swap": np.array([0, 2, 1])}
        nodes = [placeholder(1, 4, 4, 4), node("pad", "PadV2", ["x", "margin", "lowest"]), node("t", "Transpose", ["pad", "last"]),
                 node("p", "MaxPool", ["t"], ksize=integers(1, 3, 3, 1), strides=integers(1, 2, 2, 1), padding=text("VALID")),
                 node("s", "SplitV", ["p", "sizes", "axis"]), node("j", "ConcatV2", ["s:1", "s", "axis"]),
                 node("f", "Reshape", ["j", "rows"]), node("w", "Transpose", ["f", "swap"])]
        out, = self.run_graph(nodes, weights, ["w"], image)
        padded = np.pad(image, ((0, 0), (0, 0), (1, 1), (1, 1)), constant_values=-9e9)
        window = lambda row, column: padded[0, :, 2 * row:2 * row + 3, 2 * column:2 * column + 3].max((1, 2))
        pooled = np.array([[window(row, column) for column in (0, 1)] for row in (0, 1)])
        np.testing.assert_array_equal(out, np.roll(pooled, -1, 2).reshape(1, 4, 4).transpose(0, 2, 1))

    def test_refuse_what_they_do_not_know(self):
        image = np.zeros((1, 3, 4, 4), np.float32)
        with self.assertRaisesRegex(ValueError, "the operator Cosh"):
            self.run_graph([placeholder(1, 3, 4, 4), node("y", "Cosh", ["x"])], {}, ["y"], image)
        weights = {"margin": np.array([[0, 0], [0, 0], [1, 0], [1, 1]])}
        with self.assertRaisesRegex(ValueError, "an uneven margin"):
            self.run_graph([placeholder(1, 3, 4, 4), node("y", "Pad", ["x", "margin"])], weights, ["y"], image)


def boxes_of(maps):
    """Returns the rows that a detector with these maps gives for 32 x 32 pixels."""
    class Maps(torch.nn.Module):
        def forward(self, _):
            return tuple(maps)

    return Boxes(Maps(), 32)(torch.zeros(1, 3, 32, 32))[0].numpy()


@unittest.skipIf(torch is None, "Debian's python3-torch is not installed")
class Parts(unittest.TestCase):
    def test_keras_layers_compute_what_they_say(self):
        random = np.random.default_rng(2)
        draw = lambda *size: random.uniform(0.5, 1.5, size).astype(np.float32)
        weights = {"c/kernel": draw(3, 3, 3, 2), "n/gamma": draw(2), "n/beta": draw(2), "n/moving_mean": draw(2),
                   "n/moving_variance": draw(2), "d/kernel": draw(2, 5), "d/bias": draw(5)}
        layer = lambda kind, name, *inputs, **config: {"class_name": kind, "name": name, "config": config,
                                                       "inbound_nodes": [[[one, 0, 0, {}] for one in inputs]] if inputs else []}
        layers = [layer("InputLayer", "i"),
                  layer("Conv2D", "c", "i", kernel_size=[3, 3], strides=[1, 1], padding="same", dilation_rate=[1, 1],
                        activation="linear", use_bias=False),
                  layer("BatchNormalization", "n", "c", epsilon=0.001), layer("Add", "a", "n", "n"),
                  layer("AveragePooling2D", "p", "a", pool_size=[4, 4], strides=[4, 4], padding="valid"),
                  layer("Flatten", "f", "p"), layer("Dense", "d", "f", activation="softmax")]
        module = Layers({"modelTopology": {"model_config": {"config": {"layers": layers}}}}, weights).eval()
        image = random.normal(size=(1, 3, 4, 4)).astype(np.float32)
        out = module(torch.from_numpy(image)).detach().numpy()
        convolved = one_convolution(image, weights["c/kernel"], 1, 1)
        of = lambda name: weights[f"n/{name}"][:, None, None]
        normal = (convolved - of("moving_mean")) / np.sqrt(of("moving_variance") + 0.001) * of("gamma") + of("beta")
        scores = np.exp((2 * normal).mean((2, 3)) @ weights["d/kernel"] + weights["d/bias"])
        np.testing.assert_allclose(out, scores / scores.sum(), rtol=1e-4)

    def test_a_box_reaches_as_far_as_its_distances_from_the_centre_of_its_cell(self):
        scores = [torch.zeros(1, cells, 80) for cells in (16, 4, 1)]
        distances = [torch.zeros(1, cells, 44) for cells in (16, 4, 1)]
        scores[1][0, 3, 17] = 0.75  # Stride 16, row 1, column 1: the centre is at (24, 24).
        for side, bins in enumerate((1, 0, 2, 1)):
            distances[1][0, 3, side * 11 + bins] = 100
        rows = boxes_of(scores + distances)
        np.testing.assert_allclose(rows[0], [24 - 16, 24, 24 + 32, 24 + 16, 0.75, 17], rtol=1e-5)
        self.assertEqual(rows.shape, (21, 6))

    def test_a_script_that_is_right_for_one_image_only_is_refused(self):
        class Fixed(torch.nn.Module):
            def forward(self, image):
                return image * float(image.sum())  # The trace keeps the number.

        self.assertEqual(convert.traced(torch.nn.Sigmoid(), 4)(torch.zeros(1, 3, 4, 4))[0, 0, 0, 0], 0.5)
        with self.assertRaisesRegex(ValueError, "other answers"):
            convert.traced(Fixed(), 4)

    def test_weights_are_unpacked_as_tensorflow_does(self):
        specs = [{"name": "half", "shape": [2], "dtype": "float32", "quantization": {"dtype": "float16"}},
                 {"name": "byte", "shape": [1, 2], "dtype": "float32", "quantization": {"dtype": "uint8", "scale": 0.5, "min": -1}},
                 {"name": "whole", "shape": [], "dtype": "int32"}]
        content = np.array([1.5, -2], np.float16).tobytes() + bytes([0, 3]) + np.array([7], np.int32).tobytes()
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "model.json")
            file.write_text(json.dumps({"weightsManifest": [{"paths": ["w.bin"], "weights": specs}]}))
            pathlib.Path(folder, "w.bin").write_bytes(content)
            weights = read_model(file)[1]
            self.assertEqual({name: value.tolist() for name, value in weights.items()},
                             {"half": [1.5, -2], "byte": [[-1, 0.5]], "whole": 7})
            pathlib.Path(folder, "w.bin").write_bytes(content + b"x")
            with self.assertRaisesRegex(ValueError, "take 10 bytes, but there are 11"):
                read_model(file)


class Packages(unittest.TestCase):
    def test_with_other_files_than_those_that_were_checked_are_refused(self):
        def pack(_, place):
            with tarfile.open(place / "p.tgz", "w:gz") as archive:
                entry = tarfile.TarInfo("package/models/net.json")
                entry.size = 2
                archive.addfile(entry, io.BytesIO(b"{}"))
            return place / "p.tgz"

        digest = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"  # Of "{}".
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(trained, "pack", pack):
            place = pathlib.Path(folder)
            trained.unpack(trained.Source("net@1", "models", ("net.json",), digest), place)
            self.assertEqual((place / "models" / "net.json").read_text(), "{}")
            self.assertEqual([file.name for file in place.iterdir()], ["models"])
            with self.assertRaisesRegex(Failed, "net@1 has other files"):
                trained.unpack(trained.Source("net@1", "models", ("net.json",), "0" * 64), place)

    def test_networks_have_their_labels_and_settings(self):
        counts = {name: len((trained.SCRIPTS / network.labels).read_text().splitlines())
                  for name, network in trained.NETWORKS.items()}
        self.assertEqual(counts, {"nanodet": 80, "nsfwjs": 5})
        self.assertEqual(trained.words("nsfwjs"), ["--image", "nsfwjs=yolo", "--image", "nsfwjs.fit=stretch", "--image",
                                                   "nsfwjs.task=classify", "--image",
                                                   f"nsfwjs.labels={trained.SCRIPTS / 'nsfwjs.txt'}"])


if __name__ == "__main__":
    unittest.main()
