"""Load the published weights of STgram-MFN, and of its two-stage successor, into our modules.

Source of the names: STgram-MFN, net.py; STgram-MFN-Contrastive, simclrv2.py (SimCLRv2_ft).
"""

import hashlib
import pickle
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from ._losses import ArcFace
from ._nets import Encoder

# machine: the smallest number of its IDs. The order, and 7 IDs a machine, give the labels.
MACHINES = {"fan": 0, "pump": 0, "slider": 0, "valve": 0, "ToyCar": 1, "ToyConveyor": 1}
IDS_PER_MACHINE = 7
CLASSES = 41

# Our parts of the encoder and the reference's; the spelling of the second is its own.
PARTS = {
    "tgram.filters": "tgramnet.conv_extrctor",
    "tgram.layers": "tgramnet.conv_encoder",
    "stem": "mobilefacenet.conv1",
    "stem_depthwise": "mobilefacenet.dw_conv1",
    "blocks": "mobilefacenet.blocks",
    "expand": "mobilefacenet.conv2",
    "pool": "mobilefacenet.linear7",
    "embed": "mobilefacenet.linear1",
}
LAYER = ("conv", "norm", "activation")
CENTRES = "arcface.weight"
REMARK = "weights published by its authors, who chose the epoch on test clips"
# Parts of a checkpoint that no score depends on.
UNUSED = re.compile(
    r"(encoder\.)?(mobilefacenet\.)?fc_out|linear\.|contrain_projector\.|encoder\.arcface\."
)


@dataclass(frozen=True)
class PublishedWeights:
    """A published checkpoint: its path, and the hash of its content, which is part of a cell's key.

    Raises ValueError where there is no such file, or its content is not what the hash says.
    """

    path: str
    sha256: str = ""

    def __post_init__(self) -> None:
        try:
            content = Path(self.path).expanduser().read_bytes()
        except OSError as error:
            raise ValueError(f"cannot read weights {self.path}: {error.strerror}") from error
        digest = hashlib.sha256(content).hexdigest()
        if self.sha256 not in {"", digest}:
            raise ValueError(f"weights {self.path} have changed: their SHA-256 is {digest} now")
        object.__setattr__(self, "sha256", digest)


def reference_label(machine: str, machine_id: str | int) -> int:
    """Return the class of a machine ID ("04", "id_04" or 4) in the published models.

    Raises ValueError for machines and IDs that DCASE 2020 doesn't have.
    """
    if machine not in MACHINES:
        raise ValueError(f"no class for machine {machine!r}; there are {', '.join(MACHINES)}")
    digits = str(machine_id).removeprefix("id_")
    offset = int(digits) - MACHINES[machine] if digits.isdecimal() else -1
    label = list(MACHINES).index(machine) * IDS_PER_MACHINE + offset
    if not 0 <= offset < IDS_PER_MACHINE or label >= CLASSES:
        raise ValueError(f"no class for ID {machine_id!r} of machine {machine!r}")
    return label


def load_reference(
    path: str | Path,
    *,
    encoder: Encoder,
    arcface: ArcFace,
    projection: nn.Sequential | None = None,
    labels: Sequence[int] | None = None,
) -> None:
    """Replace the modules' weights by those of a published checkpoint, all of them or none.

    `projection` is the Linear and BatchNorm between encoder and ArcFace that the two-stage
    checkpoints have. `labels` are the reference's labels of ArcFace's classes, where it has
    fewer or other classes than the checkpoint.

    Raises ValueError, naming what is wrong, where the file holds anything but tensors and plain
    containers, or its parts and shapes aren't exactly those of the modules.
    """
    found = _read(Path(path).expanduser())
    prefix = "encoder." if any(name.startswith("encoder.") for name in found) else ""
    wanted = {prefix + _reference_name(name): x for name, x in encoder.state_dict().items()}
    if projection is not None:
        wanted |= {f"projector.{name}": x for name, x in projection.state_dict().items()}
    wanted[CENTRES] = arcface.state_dict()["centres_CD"]
    problems = [f"{name} is missing" for name in wanted if name not in found]
    problems += [f"{name} is unknown" for name in found if name not in wanted]
    if labels is not None and CENTRES in found:
        classes = len(found[CENTRES])
        problems += [
            f"no class {label} of {classes}" for label in labels if not 0 <= label < classes
        ]
        if not problems:
            found[CENTRES] = found[CENTRES][list(labels)]
    problems += [
        f"{name} has shape {tuple(found[name].shape)}, not {tuple(x.shape)}"
        for name, x in wanted.items()
        if name in found and found[name].shape != x.shape
    ]
    if problems:
        raise ValueError(f"{path} doesn't fit this model: {'; '.join(problems)}")
    with torch.no_grad():
        for name, x in wanted.items():
            x.copy_(found[name])


def _read(path: Path) -> dict[str, Tensor]:
    try:
        saved = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError) as error:
        raise ValueError(f"{path} holds no tensors that can be read safely") from error
    state = saved.get("clf_state_dict", saved) if isinstance(saved, Mapping) else None
    if not isinstance(state, Mapping) or not all(isinstance(x, Tensor) for x in state.values()):
        raise ValueError(f"{path} holds no state dict, neither at its top nor as clf_state_dict")
    # DataParallel puts "module." before every name.
    tensors = {str(name).removeprefix("module."): x for name, x in state.items()}
    return {name: x for name, x in tensors.items() if not UNUSED.match(name)}


def _reference_name(ours: str) -> str:
    """Return the reference's name of a tensor of the encoder."""
    part = next(part for part in PARTS if ours.startswith(f"{part}."))
    name = PARTS[part] + ours.removeprefix(part)
    # Our bottleneck is three layers of up to three parts, the reference's one list of eight.
    name = re.sub(
        r"\.layers\.(\d)\.(conv|norm|activation)\.",
        lambda found: f".conv.{3 * int(found[1]) + LAYER.index(found[2])}.",
        name,
    )
    return name.replace(".norm.", ".bn.").replace(".activation.", ".prelu.")
