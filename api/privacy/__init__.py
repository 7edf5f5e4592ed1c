"""Personal data at the edge: opened with a record, exported, erased."""
