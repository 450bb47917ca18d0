"""Seeds: the same everywhere and for ever, and each from exactly its names."""

from itertools import product

import numpy as np
import pytest

from asdbench.config.seeds import derive


@pytest.mark.parametrize(
    ("base", "names", "seed"),
    [
        (0, (), 2320352090),
        (0, (0,), 2581133981),
        (0, (1,), 2655139731),
        (1, (0,), 4096148509),
        (7, ("epoch", 3), 263534926),
        (7, ("train", "é", 0), 1417373418),
    ],
)
def test_known_values_never_change(base: int, names: tuple, seed: int) -> None:
    # A change here changes every result that was ever published.
    assert derive(base, *names) == seed


def test_order_type_and_grouping_of_the_names_matter() -> None:
    variants = [
        derive(0, "a", "b"),
        derive(0, "b", "a"),
        derive(0, "ab"),
        derive(0, "a b"),
        derive(0, 'a", "b'),
        derive(0, "a"),
        derive(0, 1),
        derive(0, "1"),
        derive(0),
        derive(0, ""),
        derive(0, 0),
    ]
    assert len(set(variants)) == len(variants)


def test_seeds_spread_over_all_32_bits() -> None:
    seeds = np.array([derive(base, "epoch", n) for base, n in product(range(20), range(200))])
    assert len(set(seeds.tolist())) == len(seeds)
    assert seeds.min() >= 0
    assert seeds.max() < 2**32
    ones = (seeds[:, None] >> np.arange(32) & 1).mean(axis=0)
    assert np.abs(ones - 0.5).max() < 0.05  # 6 standard deviations of a fair coin


def test_numpy_scikit_learn_and_torch_take_them() -> None:
    import torch
    from sklearn.utils import check_random_state

    seed = derive(0, 1)
    np.random.default_rng(seed)
    check_random_state(seed)
    torch.Generator().manual_seed(seed)
