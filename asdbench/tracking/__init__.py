"""The mirror in MLflow: runs, curves and pictures of an output folder."""
