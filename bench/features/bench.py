"""What crosses at the cuts of trained networks: bytes, times and loss of each codec, beside JPEG, WebP and int8 with zstd."""
import json
import pathlib
import random
import shutil

from bench.features.report import report  # noqa: F401
from bench.lib import clips, photos, trained
from bench.lib.options import count, whole
from bench.lib.processes import Failed

NEEDS = (*dict.fromkeys((*trained.NEEDS, *photos.NEEDS, *clips.NEEDS, "zstd", "util-linux")),)
WANTS = ()
BUILDS = ("this_features",)
QUICK = {"networks": ["nsfwjs"], "photos": 3, "cuts": 3, "frames": 4}
SECTION = True
OWN = "given"  # The name of a network given by --model.


def options(parser):
    add = parser.add_argument
    add("networks", nargs="*", metavar="NETWORK", help=f"{' or '.join(trained.NETWORKS)}; both when not given")
    add("--model", type=pathlib.Path, metavar="FILE", help="a TorchScript network of your own instead of these")
    add("--image", action="append", default=[], metavar="PRESET",
        help="how --model takes images: a preset of the agent's --image, or KEY=VALUE; may be repeated")
    add("--inputs", type=pathlib.Path, metavar="DIR", help="JPEGs, of which some are drawn; photos from Debian when not given")
    add("--photos", type=whole, default=24, metavar="N", help="photos; %(default)s when not given")
    add("--cuts", type=whole, default=8, metavar="N", help="the most cuts that are shown of a network; %(default)s when not given")
    add("--frames", type=count, default=40, metavar="N", help="of each clip; 0: no clips; %(default)s when not given")


def measure(bed, options):
    bed.clear()
    if options.model and not options.image:
        raise Failed("--model needs --image, which says how images become its input; write for example --image imagenet")
    files = sorted(options.inputs.glob("*.jpg") if options.inputs else photos.fetch().glob("*.jpg"))
    if len(files) < options.photos:
        raise Failed(f"there are {len(files)} photos; give --photos {len(files)} or less")
    drawn = copied(random.Random(1).sample(files, options.photos), bed.out / "photos")
    films = {name: copied(sorted(folder.glob("*.jpg"))[:options.frames], bed.out / "clips" / name)
             for name, folder in (clips.fetch().items() if options.frames else ())}
    networks = {OWN: own_words(options)} if options.model else {name: words(name) for name in options.networks or trained.NETWORKS}
    return {"networks": {name: measure_one(bed, name, told, drawn, films, options.cuts) for name, told in networks.items()}}


def words(name):
    """Returns the agent's words for a trained network."""
    if name not in trained.NETWORKS:
        raise Failed(f"'{name}' is not a trained network; write {' or '.join(trained.NETWORKS)}, or give --model FILE", 64)
    return ["--model", f"{name}={trained.fetch(name)}", *trained.words(name)]


def own_words(options):
    """Returns those for the given network."""
    pairs = [f"{OWN}.{text}" if "=" in text else f"{OWN}={text}" for text in options.image]
    return ["--model", f"{OWN}={options.model}", *(word for pair in pairs for word in ("--image", pair))]


def copied(files, folder):
    folder.mkdir(parents=True)
    for file in files:
        shutil.copy(file, folder)
    return folder


def measure_one(bed, name, told, drawn, films, cuts):
    bed.say(f"Features of {name}")
    out = bed.out / name
    out.mkdir()
    program = ["taskset", "-c", "0", bed.program("this_features"), *told, "--threads", "1"]
    asked = {"program": list(map(str, program)), "photos": str(drawn), "cuts": cuts,
             "clips": {film: str(folder) for film, folder in films.items()}}
    (out / "asked.json").write_text(json.dumps(asked))
    bed.script("features.rivals", out, log=f"{name}.log")
    return json.loads((out / "measured.json").read_text())
