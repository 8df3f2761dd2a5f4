"""Files of signals and logs that other programs write and read: WAV, NumPy, Parquet, Edge Impulse."""
