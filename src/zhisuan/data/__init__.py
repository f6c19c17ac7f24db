"""数据: data sets registered, read, profiled, versioned and forgotten."""
