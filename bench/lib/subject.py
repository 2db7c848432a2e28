"""What agents serve in a benchmark: a trained network with photos, or one of the zoo with random numbers."""
import dataclasses
import json
import pathlib
import shutil

from bench.lib import agents, load, photos, trained

NETWORKS = (*trained.NETWORKS, "alexnet")


@dataclasses.dataclass
class Subject:
    name: str
    file: pathlib.Path
    words: list = dataclasses.field(default_factory=list)  # Of every agent.
    photos: pathlib.Path = None  # A folder of those that are served; none: the network gets random numbers.
    inputs: pathlib.Path = None  # A folder of those that are profiled with.
    answers: pathlib.Path = None  # What the edge alone answers to each photo.

    def models(self):
        return {self.name: self.file}

    def profiled(self):
        """Returns the arguments of a campaign."""
        return [*self.words, *(["--inputs", self.inputs] if self.inputs else [])]

    def driven(self):
        """Returns the arguments of `drive`."""
        return ["--images", self.photos, "--answers", self.answers] if self.photos else []


def prepare(bed, name, choose=None):
    """Returns the subject of that name. Its file is in the bed's folder. `choose` returns two lists of all photos: those that are
    served, and those that are profiled with. Without it, both are all of them."""
    if name not in trained.NETWORKS:
        return Subject(name, bed.network(name))
    bed.say(f"Fetch {name}, a trained network, and photos; later runs find them in build")
    file = pathlib.Path(shutil.copy(trained.fetch(name), bed.out / f"{name}.pt"))
    every = photos.fetch()
    served, profiled = [every] * 2 if choose is None else copy(bed.out, *choose(every.glob("*.jpg")))
    subject = Subject(name, file, trained.words(name), served, profiled, bed.out / "answers.json")
    # At full speed, and once. An answer by a lossless plan must equal these, bit for bit.
    edge = agents.start_edge(bed, subject.models(), *subject.words, log="answers.log")
    told = load.answers(edge.port(), name, sorted(subject.photos.glob("*.jpg")))
    edge.end()
    subject.answers.write_text(json.dumps(told))
    return subject


def copy(place, served, profiled):
    """Copies the photos into two folders, which it returns."""
    folders = place / "served", place / "profiled"
    for folder, files in zip(folders, (served, profiled), strict=True):
        folder.mkdir()
        for file in files:
            shutil.copy(file, folder)
    return folders
