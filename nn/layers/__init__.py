"""Which layers are there? A file per family; `nn` hands them out under one name."""
