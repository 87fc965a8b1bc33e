"""Knowledge: content -> documents -> passages -> indexes -> hits -> context. Imports nothing of `eco2` or `harness`."""
