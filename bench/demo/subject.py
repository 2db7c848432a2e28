"""What the demo serves: a trained network with photos, or one of the zoo with random numbers."""
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
    photos: pathlib.Path = None  # A folder; none: the network gets random numbers.
    answers: pathlib.Path = None  # What the edge alone answers to each photo.

    def models(self):
        return {self.name: self.file}

    def profiled(self):
        """Returns the arguments of a campaign."""
        return [*self.words, *(["--inputs", self.photos] if self.photos else [])]

    def driven(self):
        """Returns the arguments of `drive`."""
        return ["--images", self.photos, "--answers", self.answers] if self.photos else []


def prepare(bed, name):
    """Returns the subject of that name. Its file is in the bed's folder."""
    if name not in trained.NETWORKS:
        return Subject(name, bed.network(name))
    bed.say(f"Fetch {name}, a trained network, and photos; later runs find them in build")
    file = pathlib.Path(shutil.copy(trained.fetch(name), bed.out / f"{name}.pt"))
    subject = Subject(name, file, trained.words(name), photos.fetch(), bed.out / "answers.json")
    # At full speed, and once: every plan is lossless, so every answer of every run must equal these, bit for bit.
    edge = agents.start_edge(bed, subject.models(), *subject.words, log="answers.log")
    told = load.answers(edge.port(), name, sorted(subject.photos.glob("*.jpg")))
    edge.end()
    subject.answers.write_text(json.dumps(told))
    return subject
