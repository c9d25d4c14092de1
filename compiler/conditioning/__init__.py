"""IR to tensors: the only part of the compiler that may load torch, and only in the modules that need it."""
