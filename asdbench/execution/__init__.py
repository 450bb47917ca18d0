"""What runs: the plan of cells, the driver, and the work inside a worker."""
