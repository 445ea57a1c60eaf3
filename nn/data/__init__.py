"""Where do samples come from, and how do they reach a training loop?

`Dataset`, samplers and `DataLoader` have PyTorch's names (torch.utils.data) and meanings; beside them there are toy
sets, small real sets, text, and augmentation.
"""

from nn.data.augment import (
    Compose,
    GaussianNoise,
    RandomCrop,
    RandomHorizontalFlip,
    RandomVerticalFlip,
    cutmix,
    mixup,
)
from nn.data.bundled import MissingPackageError, digits, iris
from nn.data.collate import default_collate, default_convert
from nn.data.dataset import ConcatDataset, Dataset, IterableDataset, Subset, TensorDataset
from nn.data.loader import DataLoader
from nn.data.sampler import (
    BatchSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
)
from nn.data.splits import k_fold, random_split, train_val_test_split
from nn.data.text import CharacterText, TextFileError, Vocabulary, read_lines
from nn.data.toys import circle, gaussians, linear, moons, ring, sine, spiral, xor
from nn.data.workers import WorkerInfo, WorkerTimeoutError, get_worker_info

__all__ = [
    "BatchSampler",
    "CharacterText",
    "Compose",
    "ConcatDataset",
    "DataLoader",
    "Dataset",
    "GaussianNoise",
    "IterableDataset",
    "MissingPackageError",
    "RandomCrop",
    "RandomHorizontalFlip",
    "RandomSampler",
    "RandomVerticalFlip",
    "Sampler",
    "SequentialSampler",
    "Subset",
    "SubsetRandomSampler",
    "TensorDataset",
    "TextFileError",
    "Vocabulary",
    "WeightedRandomSampler",
    "WorkerInfo",
    "WorkerTimeoutError",
    "circle",
    "cutmix",
    "default_collate",
    "default_convert",
    "digits",
    "gaussians",
    "get_worker_info",
    "iris",
    "k_fold",
    "linear",
    "mixup",
    "moons",
    "random_split",
    "read_lines",
    "ring",
    "sine",
    "spiral",
    "train_val_test_split",
    "xor",
]
