"""The network that the ID methods share: STgram-MFN and its projection head.

Shapes: N clips, S samples, B mel bands, T frames, C channels, H x W a feature map (H shrinks
from B, W from T), D embedding.

Source: Liu et al., "Anomalous sound detection using spectral-temporal information fusion",
ICASSP 2022; the layer sizes are those of its reference implementation (STgram-MFN, net.py).
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from asdbench import Clips

from ._prelu import PReLU

STEM, EXPANDED = 64, 512
# groups of bottlenecks: (expansion of the incoming channels, channels, repeats, first stride)
BOTTLENECKS = ((2, 64, 5, 2), (4, 128, 1, 2), (2, 128, 6, 1), (4, 128, 1, 2), (2, 128, 2, 1))
SHRINK = 2 ** (1 + sum(stride == 2 for *_, stride in BOTTLENECKS))  # of the map, stem included


@dataclass(frozen=True)
class EncoderConfig:
    """Size of the encoder; the defaults are the paper's.

    width: multiplies every channel count of MobileFaceNet, rounded to a multiple of 8.
    tgram: whether learned temporal features of the waveform join the log-mel.
    embedding: dimension of the output, whatever the width.
    """

    width: float = 1.0
    tgram: bool = True
    embedding: int = 128

    def __post_init__(self) -> None:
        if not 0 < self.width < math.inf:
            raise ValueError(f"encoder width is {self.width}; it must be above 0")
        if self.embedding < 1:
            raise ValueError(f"encoder embedding is {self.embedding}; it must be at least 1")

    def channels(self, paper: int) -> int:
        """Return how many channels stand in for the paper's."""
        return max(8, 8 * round(paper * self.width / 8))


class Encoder(nn.Module):
    """Embed clips from their waveform and log-mel (STgram-MFN).

    The LayerNorms and the last depthwise kernel span the clip, so that an encoder is built for
    one clip length. `window` and `hop` are the frontend's, in samples. Raises ValueError where
    the waveform's frames would not line up with the log-mel's.
    """

    def __init__(
        self,
        config: EncoderConfig,
        *,
        samples: int,
        bands: int,
        frames: int,
        window: int = 1024,
        hop: int = 512,
    ) -> None:
        super().__init__()
        self.tgram: Tgram | None = None
        if config.tgram:
            expected = (samples + 2 * (window // 2) - window) // hop + 1
            if frames != expected:
                raise ValueError(
                    f"the log-mel has {frames} frames, but {samples} samples with window {window} "
                    f"and hop {hop} have {expected}: pass the frontend's window and hop"
                )
            self.tgram = Tgram(bands=bands, frames=frames, window=window, hop=hop)
        stem, expanded = config.channels(STEM), config.channels(EXPANDED)
        self.stem = ConvNorm(2 if config.tgram else 1, stem, 3, stride=2, padding=1)
        self.stem_depthwise = ConvNorm(stem, stem, 3, padding=1, groups=stem)
        blocks: list[nn.Module] = []
        incoming = stem
        for expansion, paper, repeats, stride in BOTTLENECKS:
            channels = config.channels(paper)
            for step in (stride,) + (1,) * (repeats - 1):
                blocks.append(Bottleneck(incoming, channels, expansion=expansion, stride=step))
                incoming = channels
        self.blocks = nn.Sequential(*blocks)
        self.expand = ConvNorm(incoming, expanded, 1)
        whole_map = (math.ceil(bands / SHRINK), math.ceil(frames / SHRINK))
        self.pool = ConvNorm(expanded, expanded, whole_map, groups=expanded, activation=False)
        self.embed = ConvNorm(expanded, config.embedding, 1, activation=False)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                fan_out = math.prod(module.kernel_size) * module.out_channels
                nn.init.normal_(module.weight, std=math.sqrt(2 / fan_out))

    def inputs(self, clips: Clips, indices: Tensor, device: str) -> tuple[Tensor | None, Tensor]:
        """Return what `forward` takes of these clips; no waveform where there is no Tgram."""
        waves_NS = clips.waves(indices, device) if self.tgram is not None else None
        return waves_NS, clips.logmel(indices, device)

    def forward(self, wave_NS: Tensor | None, logmel_NBT: Tensor) -> Tensor:
        """Return the embeddings (N, D); the waveform is not read by the log-mel-only variant."""
        if self.tgram is None:
            x_NCHW = logmel_NBT.unsqueeze(1)
        else:
            tgram_NBT = self.tgram(wave_NS)
            x_NCHW = torch.stack((logmel_NBT.to(tgram_NBT.dtype), tgram_NBT), dim=1)
        x_NCHW = self.blocks(self.stem_depthwise(self.stem(x_NCHW)))
        z_NDHW: Tensor = self.embed(self.pool(self.expand(x_NCHW)))
        return z_NDHW.flatten(1)


class Tgram(nn.Module):
    """Learn an image of the waveform, one row a band and one column a frame (TgramNet)."""

    def __init__(self, *, bands: int, frames: int, window: int, hop: int) -> None:
        super().__init__()
        self.filters = nn.Conv1d(1, bands, window, hop, window // 2, bias=False)
        self.layers = nn.Sequential(
            *(
                nn.Sequential(
                    nn.LayerNorm(frames),
                    nn.LeakyReLU(0.2),
                    nn.Conv1d(bands, bands, 3, padding=1, bias=False),
                )
                for _ in range(3)
            )
        )

    def forward(self, wave_NS: Tensor) -> Tensor:
        """Return the Tgram (N, B, T)."""
        tgram_NBT: Tensor = self.layers(self.filters(wave_NS.unsqueeze(1)))
        return tgram_NBT


class ConvNorm(nn.Module):
    """Convolve, normalise over the batch and, unless told not to, apply a PReLU per channel."""

    def __init__(
        self,
        incoming: int,
        outgoing: int,
        kernel: int | tuple[int, int],
        *,
        stride: int = 1,
        padding: int = 0,
        groups: int = 1,
        activation: bool = True,
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(
            incoming, outgoing, kernel, stride, padding, groups=groups, bias=False
        )
        self.norm = nn.BatchNorm2d(outgoing)
        self.activation = PReLU(outgoing) if activation else nn.Identity()

    def forward(self, x_NCHW: Tensor) -> Tensor:
        """Return the feature map, its height and width by the convolution's arithmetic."""
        y_NCHW: Tensor
        if self.training:
            y_NCHW = self.norm(self.conv(x_NCHW))
        else:  # a fixed scale and shift, which the convolution can make: a pass less over the map
            assert self.norm.running_mean is not None
            assert self.norm.running_var is not None
            scale_C = self.norm.weight * (self.norm.running_var + self.norm.eps).rsqrt()
            shift_C = self.norm.bias - self.norm.running_mean * scale_C
            weight = self.conv.weight * scale_C[:, None, None, None]
            y_NCHW = self.conv._conv_forward(x_NCHW, weight, shift_C)
        z_NCHW: Tensor = self.activation(y_NCHW)
        return z_NCHW


class Bottleneck(nn.Module):
    """Widen, filter each channel in space, narrow without activation; residual where it fits."""

    def __init__(self, incoming: int, outgoing: int, *, expansion: int, stride: int) -> None:
        super().__init__()
        wide = incoming * expansion
        self.residual = stride == 1 and incoming == outgoing
        self.layers = nn.Sequential(
            ConvNorm(incoming, wide, 1),
            ConvNorm(wide, wide, 3, stride=stride, padding=1, groups=wide),
            ConvNorm(wide, outgoing, 1, activation=False),
        )

    def forward(self, x_NCHW: Tensor) -> Tensor:
        """Return the feature map, halved in height and width where the stride is 2."""
        y_NCHW: Tensor = self.layers(x_NCHW)
        return x_NCHW + y_NCHW if self.residual else y_NCHW


class ProjectionHead(nn.Module):
    """Project embeddings for a contrastive loss: two layers with ReLU and one without.

    Source: Chen et al., "Big self-supervised models are strong semi-supervised learners",
    NeurIPS 2020; sizes from STgram-MFN-Contrastive, simclrv2.py.
    """

    def __init__(self, embedding: int = 128) -> None:
        super().__init__()
        self.layers = nn.Sequential()
        for last in (False, False, True):
            self.layers.append(nn.Linear(embedding, embedding, bias=False))
            self.layers.append(nn.BatchNorm1d(embedding))
            if not last:
                self.layers.append(nn.ReLU())

    def first_layer(self) -> nn.Sequential:
        """Return the first Linear and BatchNorm, which fine-tuning keeps; their weights shared."""
        return nn.Sequential(self.layers[0], self.layers[1])

    def forward(self, z_ND: Tensor) -> Tensor:
        """Return the projections (N, D)."""
        projection_ND: Tensor = self.layers(z_ND)
        return projection_ND
