"""What a leaderboard shows, complete: made from an output folder, drawn by leaderboards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from asdbench.evaluation.breakdown import Agreement, Slice
from asdbench.evaluation.figures import QUESTIONS, Pair, Row

if TYPE_CHECKING:
    import pandas as pd

VERSION = 4  # of the JSON schema; docs/results-format.md says when it rises
SUBSETS = ("evaluation", "development")  # in the order shown: papers chose on development


@dataclass(frozen=True)
class Curve:
    """One figure of training, of one cell, thinned out for drawing.

    Attributes:
        repeat: Number of the repeat, from 0.
        machine: Machine type of the cell; None for all.
        stage: Part of the training, as the method calls it.
        figure: What it is: ``loss``, ``lr``, ...
        epochs: Epochs, from 1; at most 60 of them.
        values: The figure at these epochs.
    """

    repeat: int
    machine: str | None
    stage: str
    figure: str
    epochs: Sequence[int]
    values: Sequence[float]


@dataclass(frozen=True)
class System:
    """How a row's scores came about: fields and recipe, and what its cells were run with.

    Attributes:
        fields: Every field of the method; empty for an import.
        recipe: As the board's; empty for an import.
        complete: Numbers of its complete repeats, from 0.
        facts: Every value that its cells have of each fact; of ``finished``, the first and the
            last.
        mixed: Facts that may change figures and have more than one value.
        curves: Curves of training.
    """

    fields: Mapping[str, Any]
    recipe: Mapping[str, Any]
    complete: Sequence[int]
    facts: Mapping[str, Sequence[Any]]
    mixed: Sequence[str]
    curves: Sequence[Curve]


@dataclass(frozen=True)
class Board:
    """Everything a leaderboard shows: rows by subset, best first, and what is missing.

    Attributes:
        version: Of this schema.
        made_from: Hash of the rows and done cells that the board was made from.
        benchmark: The experiment's name, with the data folder's name where one was given.
        recipe: Dataset, frontend, numerics, repeats, seed and training clips of the first row in
            order of label that asdbench ran; empty where all were imported.
        rows: One for each label and subset: evaluation first, within a subset by the first of
            its ``figures``, best first.
        notes: Text for the reader: IDs that can't be measured, rows without a complete repeat,
            rows or cells that were run differently.
        systems: By label: how a row's scores came about.
        pairs: Every two rows of a subset, compared.
        known: By subset: the well-known test set that it is, complete.
        protocol: By subset: the year whose official score is computed: ``2020``, ``2021``, or
            ``2022`` for all since.
        figures: By subset: what leaderboards show, in order; rows are ranked by the first.
        false_rates: The false positive rates of every ``roc``.
        question: By subset: the question that letters, P(best) and intervals answer where a
            leaderboard shows one of them.
        slices: AUC by kind of clip, where clips are tagged: by subset, tag and value.
        agreements: Every two rows of a subset: how alike they rank clips, and which anomalies
            only one of them finds.
        clips: By label: the address, from the board's folder, of the page where the clips are
            heard that the row gets most wrong; empty where no such page was made.
        home: The address, from the board's folder, of the page that leads to it; empty for none.

    Example:
        >>> import asdbench
        >>> board = asdbench.load_board("runs/demo")  # doctest: +SKIP
        >>> board.subsets
        ['development']
    """

    version: int
    made_from: str
    benchmark: str
    recipe: Mapping[str, Any]
    rows: Sequence[Row]
    notes: Sequence[str]
    systems: Mapping[str, System]
    pairs: Sequence[Pair]
    known: Mapping[str, str]
    protocol: Mapping[str, str]
    figures: Mapping[str, Sequence[str]]
    false_rates: Sequence[float]
    question: Mapping[str, str]
    slices: Sequence[Slice]
    agreements: Sequence[Agreement]
    clips: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    home: str = field(default="", kw_only=True)

    def subset(self, name: str) -> list[Row]:
        """The rows of one subset, best first.

        Args:
            name: ``development`` or ``evaluation``.

        Example:
            >>> [row.label for row in board.subset("development")]
            ['knn', 'wide']
        """
        return [row for row in self.rows if row.subset == name]

    @property
    def subsets(self) -> list[str]:
        """The subsets that there are rows of, evaluation first."""
        return [name for name in SUBSETS if self.subset(name)]

    def asking(self, question: str) -> Board:
        """The same board, of which leaderboards show the answer to another question.

        Args:
            question: ``clips``, ``here`` or ``elsewhere``; docs/statistics.md says what they mean.

        Raises:
            ValueError: where it is none of these.

        Example:
            >>> board.asking("elsewhere").question
            {'development': 'elsewhere'}
        """
        if question not in QUESTIONS:
            raise ValueError(f"no question {question!r}; ask one of {', '.join(QUESTIONS)}")
        return replace(self, question=dict.fromkeys(self.question, question))

    def as_dict(self) -> dict[str, Any]:
        """The board as JSON has it; ``asdbench.evaluation.board_schema()`` describes it."""
        return asdict(Board(**{one.name: getattr(self, one.name) for one in fields(Board)}))

    def to_frame(self) -> pd.DataFrame:
        """The ranking as a pandas frame: one line a row and figure, in the board's order.

        Figures, deviations and intervals are in [0, 1], and NaN where there is none. The columns:
        ``subset``, ``label``, ``method``, ``origin`` (``run``, ``tuned`` or ``import``),
        ``repeats`` (complete ones), ``figure`` (``auc``, ...), ``mean``, ``sd`` (over
        repeats), ``low``, ``high`` (95 % interval on these machine IDs), ``elsewhere_low``,
        ``elsewhere_high`` (on others), ``clips_low``, ``clips_high`` (of these fits), ``place``
        (in its subset, from 1), what the board answers to its ``question``: ``best`` (probability,
        in [0, 1]) and ``letters``, what the row took: ``parameters``, ``multiply_adds``,
        ``fit_seconds``, ``score_ms``, and its ``remarks``.

        Example:
            >>> frame = board.to_frame()
            >>> frame.query("figure == 'mean_auc_pauc'")[["place", "label", "mean", "sd"]]
               place label   mean     sd
            3      1   knn  0.800  0.075
            8      2  wide  0.625    NaN
        """
        from asdbench.evaluation import frames

        return frames.of_rows(self.rows, self.question)

    def machines_frame(self) -> pd.DataFrame:
        """Machine types and IDs as a pandas frame: one line a row, type, ID and figure.

        The mean over a type's IDs comes first, with no ``id``. An ID has no ``mauc`` and no
        ``pooled_auc``. The columns: ``subset``, ``label``, ``machine``, ``id``, ``figure``,
        ``mean``, ``sd``, ``low``, ``high``, intervals as in
        ``to_frame()``, and how many ``normal`` and ``anomalous`` test clips there are.

        Example:
            >>> frame = board.machines_frame()
            >>> ids = frame.dropna(subset="id").query("label == 'knn' and figure == 'auc'")
            >>> ids[["machine", "id", "mean", "normal", "anomalous"]]
              machine  id  mean  normal  anomalous
            5     fan  00  1.00       4          2
            8     fan  02  0.75       3          5
        """
        from asdbench.evaluation import frames

        return frames.of_machines(self.rows)

    def pairs_frame(self) -> pd.DataFrame:
        """Every two rows of a subset as a pandas frame: one line a pair and figure.

        The better row is first; ``difference`` is a share of 1, not a percentage. What each of the
        ``QUESTIONS`` says is in columns that start with its name: ``here_low``, ``here_high``,
        ``here_p``, ``here_corrected``; NaN where it can't be told.

        Example:
            >>> frame = board.pairs_frame()
            >>> frame[["figure", "first", "second", "difference", "clips_low", "here_low"]]
                      figure first second  difference  clips_low  here_low
            0  mean_auc_pauc   knn   wide       0.175       0.05       NaN
        """
        from asdbench.evaluation import frames

        return frames.of_pairs(self.pairs)

    def slices_frame(self) -> pd.DataFrame:
        """AUC by kind of clip as a pandas frame: one line a subset, tag, value and row.

        The columns: ``subset``, ``tag``, ``value``, ``label``, ``mean``, ``sd``, ``low``, ``high``,
        ``elsewhere_low``, ``elsewhere_high`` as in ``to_frame()``, ``machines`` (the types that
        have such clips, with commas), how many ``normal`` and ``anomalous`` clips there are, and
        how far it is ``behind`` the row that hears them best, with what each of the questions says
        of it (``behind_here_low``, ...) as in ``pairs_frame()``.

        Example:
            >>> frame = board.slices_frame()
            >>> frame[["tag", "value", "label", "mean", "low", "anomalous"]]
                 tag value label  mean  low  anomalous
            0  fault  leak   knn   0.9  0.7          4
            1  fault  leak  wide   0.6  NaN          4
        """
        from asdbench.evaluation import frames

        return frames.of_slices(self.slices)

    def agreements_frame(self) -> pd.DataFrame:
        """How alike every two rows of a subset rank clips, as a pandas frame: one line a pair.

        The columns: ``subset``, ``first``, ``second``, ``n`` (machine IDs), ``correlation``
        (Spearman's), and how many anomalous clips ``both``, ``only_first``, ``only_second`` and
        ``neither`` of them finds at a false positive rate of 10 %.

        Example:
            >>> frame = board.agreements_frame()
            >>> frame[["first", "second", "correlation", "only_first", "only_second"]]
              first second  correlation  only_first  only_second
            0   knn   wide         0.25           3            2
        """
        from asdbench.evaluation import frames

        return frames.of_agreements(self.agreements)
